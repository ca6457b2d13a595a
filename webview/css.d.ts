/** Style sheets are bundled into webview.css; nothing is imported from them. */
declare module '*.css';
