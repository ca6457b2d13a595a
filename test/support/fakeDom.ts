import { type ComponentChild, type ContainerNode, render } from 'preact';

/*
 * As much of a document as Preact needs to put elements into it, so that what it would make in a page can be looked at without one. There is no
 * parser in it: what sets HTML is noted, since nothing of ours may.
 */

class FakeNode implements ContainerNode {
  readonly nodeType: number;
  readonly localName: string | undefined;
  readonly ownerDocument = fakeDocument;
  readonly namespaceURI = 'http://www.w3.org/1999/xhtml';
  readonly attributes: { name: string; value: string }[] = [];
  readonly listeners: string[] = [];
  readonly childNodes: FakeNode[] = [];
  parentNode: FakeNode | null = null;
  /** Of a text. */
  data: string;

  constructor(localName: string | undefined, data = '') {
    this.nodeType = localName === undefined ? 3 : 1;
    this.localName = localName;
    this.data = data;
  }

  get firstChild(): FakeNode | null {
    return this.childNodes[0] ?? null;
  }

  get nextSibling(): FakeNode | null {
    const siblings = this.parentNode?.childNodes ?? [];
    return siblings[siblings.indexOf(this) + 1] ?? null;
  }

  set innerHTML(_html: string) {
    this.attributes.push({ name: 'innerHTML', value: _html });
  }

  insertBefore(node: ContainerNode, child: ContainerNode | null): ContainerNode {
    const own = asFake(node);
    own.parentNode?.removeChild(own);
    const at = child === null ? this.childNodes.length : this.childNodes.indexOf(asFake(child));
    this.childNodes.splice(at, 0, own);
    own.parentNode = this;
    return node;
  }

  appendChild(node: ContainerNode): ContainerNode {
    return this.insertBefore(node, null);
  }

  removeChild(child: ContainerNode): ContainerNode {
    this.childNodes.splice(this.childNodes.indexOf(asFake(child)), 1);
    asFake(child).parentNode = null;
    return child;
  }

  remove(): void {
    this.parentNode?.removeChild(this);
  }

  setAttribute(name: string, value: unknown): void {
    this.attributes.push({ name, value: String(value) });
  }

  removeAttribute(): void {
    // Nothing is rendered twice.
  }

  addEventListener(name: string): void {
    this.listeners.push(name);
  }
}

const fakeDocument = {
  createElementNS: (_namespace: string, name: string): FakeNode => new FakeNode(name),
  createTextNode: (data: string): FakeNode => new FakeNode(undefined, data),
};

function asFake(node: ContainerNode): FakeNode {
  if (!(node instanceof FakeNode)) {
    throw new Error('a node of another document');
  }
  return node;
}

/** One element as it would be in a page. */
export interface Rendered {
  readonly name: string;
  readonly attributes: readonly { readonly name: string; readonly value: string }[];
  readonly listeners: readonly string[];
}

/** Renders with Preact itself; all elements, and all text as it would be read. */
export function renderFake(child: ComponentChild): { readonly elements: readonly Rendered[]; readonly text: string } {
  const root = new FakeNode('div');
  render(child, root);
  const elements: Rendered[] = [];
  let text = '';
  const visit = (node: FakeNode): void => {
    text += node.data;
    if (node.localName !== undefined && node !== root) {
      elements.push({ name: node.localName, attributes: node.attributes, listeners: node.listeners });
    }
    node.childNodes.forEach(visit);
  };
  visit(root);
  return { elements, text };
}
