import { batch } from '@preact/signals';
import { type Hit, hitAt, type Scene, toMoment } from './scene.ts';
import { barText, markText } from './spanText.ts';
import type { Surface } from './surface.ts';
import { panned, zoomedAt } from './viewport.ts';

/** Px the pointer must move before a press is a drag. */
const dragSlack = 4;
const zoomPerPixel = 1.0022;

/** Makes a canvas answer to the pointer: hover tells, wheel zooms, drag moves, click selects. Returns how to stop it. */
export function attachPointer(canvas: HTMLCanvasElement, surface: Surface): () => void {
  const { store, scroller, hovered, tip } = surface;
  let press: { x: number; y: number; readonly startX: number; readonly startY: number; dragging: boolean } | undefined;

  const point = (event: MouseEvent): { readonly x: number; readonly y: number } => {
    const box = canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const hit = (event: MouseEvent, scene: Scene): Hit | undefined => {
    const { x, y } = point(event);
    return hitAt(scene, surface.find, x, y);
  };
  const leave = (): void => {
    batch(() => {
      tip.value = undefined;
      hovered.value = undefined;
    });
  };

  const onMove = (event: PointerEvent): void => {
    const scene = surface.scene();
    if (press !== undefined) {
      press.dragging ||= Math.abs(event.clientX - press.startX) + Math.abs(event.clientY - press.startY) > dragSlack;
      if (press.dragging) {
        drag(event, scene, press);
        leave();
      }
      return;
    }
    const found = hit(event, scene);
    batch(() => {
      hovered.value = found?.row.agent.id;
      const lane = found === undefined ? undefined : scene.lanes[found.row.agent.id];
      const text =
        lane === undefined
          ? undefined
          : found?.mark !== undefined
            ? markText(found.mark, scene.origin)
            : found?.bar !== undefined
              ? barText(found.bar, lane, scene.now, scene.origin)
              : undefined;
      tip.value = text === undefined ? undefined : { x: event.clientX, y: event.clientY, text };
    });
  };

  const drag = (event: PointerEvent, scene: Scene, from: { x: number; y: number }): void => {
    const ms = ((from.x - event.clientX) / Math.max(1, scene.width)) * (scene.range.to - scene.range.from);
    if (ms !== 0) {
      store.change({ zoom: panned(store.view.peek().zoom, surface.extent(), ms) });
    }
    if (scroller.current !== null) {
      scroller.current.scrollTop += from.y - event.clientY;
    }
    from.x = event.clientX;
    from.y = event.clientY;
  };

  const onDown = (event: PointerEvent): void => {
    if (event.button === 0) {
      canvas.setPointerCapture(event.pointerId);
      press = { x: event.clientX, y: event.clientY, startX: event.clientX, startY: event.clientY, dragging: false };
    }
  };
  const onUp = (event: PointerEvent): void => {
    const clicked = press !== undefined && !press.dragging;
    press = undefined;
    const found = clicked ? hit(event, surface.scene()) : undefined;
    if (found === undefined) {
      return;
    }
    batch(() => {
      store.select(found.row.agent.id);
      const turn = found.mark?.turn ?? found.bar?.span.turn ?? 0;
      if (turn > 0) {
        store.sought.value = { agentId: found.row.agent.id, turn };
        store.change({ tab: 'transcript' });
      }
    });
  };
  const onCancel = (): void => {
    press = undefined;
    leave();
  };
  const onWheel = (event: WheelEvent): void => {
    event.preventDefault();
    const scene = surface.scene();
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 18 : 1;
    const sideways = event.shiftKey && event.deltaX === 0 ? event.deltaY : event.deltaX;
    const zoom = store.view.peek().zoom;
    if (Math.abs(sideways) > Math.abs(event.shiftKey ? 0 : event.deltaY)) {
      const ms = ((sideways * lines) / Math.max(1, scene.width)) * (scene.range.to - scene.range.from);
      store.change({ zoom: panned(zoom, surface.extent(), ms) });
      return;
    }
    const factor = zoomPerPixel ** Math.max(-300, Math.min(300, event.deltaY * lines));
    store.change({ zoom: zoomedAt(zoom, surface.extent(), toMoment(scene, point(event).x), factor) });
  };

  canvas.addEventListener('pointermove', onMove);
  canvas.addEventListener('pointerdown', onDown);
  canvas.addEventListener('pointerup', onUp);
  canvas.addEventListener('pointercancel', onCancel);
  canvas.addEventListener('pointerleave', leave);
  canvas.addEventListener('wheel', onWheel, { passive: false });
  return () => {
    canvas.removeEventListener('pointermove', onMove);
    canvas.removeEventListener('pointerdown', onDown);
    canvas.removeEventListener('pointerup', onUp);
    canvas.removeEventListener('pointercancel', onCancel);
    canvas.removeEventListener('pointerleave', leave);
    canvas.removeEventListener('wheel', onWheel);
  };
}
