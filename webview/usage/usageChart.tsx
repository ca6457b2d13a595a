import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { formatTokens } from '../../src/core/rowText.ts';
import { elapsedLabel } from '../lanes/axis.ts';
import { type Palette, readPalette, watchTheme } from '../lanes/palette.ts';
import { useSize } from '../parts/useSize.ts';
import { tokenKinds, tokenWords, type UsageSeries } from './series.ts';

interface UsageChartProps {
  readonly series: UsageSeries;
  readonly title: string;
}

/** Tokens used over time, stacked by kind. */
export function UsageChart({ series, title }: UsageChartProps) {
  const host = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | undefined>(undefined);
  const latest = useRef(series);
  latest.current = series;
  const { width, height } = useSize(host);
  const ready = width > 0 && height > 0;

  useEffect(() => {
    const element = host.current;
    if (element === null || !ready) {
      return;
    }
    const build = (): void => {
      chart.current?.destroy();
      chart.current = new uPlot(
        options(readPalette(element), element, () => latest.current),
        toData(latest.current),
        element,
      );
    };
    build();
    const stop = watchTheme(build);
    return () => {
      stop();
      chart.current?.destroy();
      chart.current = undefined;
    };
  }, [ready]);
  useEffect(() => {
    if (ready) {
      chart.current?.setSize(chartSize({ width, height }));
    }
  }, [width, height]);
  useEffect(() => chart.current?.setData(toData(series)), [series]);

  return <div class="chart" ref={host} role="img" aria-label={title} />;
}

/** Round numbers of seconds between ticks. */
const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 21_600, 43_200, 86_400];

function timeLabel(seconds: number): string {
  return elapsedLabel(Math.max(0, Math.round(seconds * 1_000)), 1_000);
}

const legendHeight = 26;

function chartSize({ width, height }: { readonly width: number; readonly height: number }) {
  return { width: Math.max(120, width), height: Math.max(80, height - legendHeight) };
}

/** The tallest series first, so that the lower ones are painted over it. */
const painted = tokenKinds.toReversed();

function toData(series: UsageSeries): uPlot.AlignedData {
  return [[...series.seconds], ...painted.map((kind) => [...series.stacked[kind]])];
}

function options(palette: Palette, element: HTMLElement, series: () => UsageSeries): uPlot.Options {
  const axis = {
    stroke: palette.dim,
    font: `11px ${palette.font}`,
    grid: { stroke: palette.grid, width: 1 },
    ticks: { stroke: palette.grid, width: 1, size: 4 },
  };
  return {
    ...chartSize({ width: element.clientWidth, height: element.clientHeight }),
    padding: [8, 12, 0, 0],
    cursor: { drag: { x: false, y: false, setScale: false }, points: { show: false }, y: false },
    legend: { live: true },
    scales: { x: { time: false }, y: { range: (_, __, max) => [0, Math.max(10, max * 1.05)] } },
    axes: [
      {
        ...axis,
        size: 24,
        space: 70,
        incrs: steps,
        values: (_, splits) => splits.map((at) => timeLabel(at)),
      },
      { ...axis, size: 48, values: (_, splits) => splits.map((count) => formatTokens(count)) },
    ],
    series: [
      { label: 'Time', value: (_, at) => (at === null ? '' : timeLabel(at)) },
      ...painted.map((kind) => ({
        label: tokenWords[kind],
        stroke: palette.background,
        width: 0,
        points: { show: false },
        fill: palette.tokens[kind],
        paths: uPlot.paths.stepped?.({ align: 1 }) ?? (() => null),
        value: (_: uPlot, __: number | null, ___: number, at: number | null) => formatTokens(series().plain[kind].at(at ?? -1) ?? 0),
      })),
    ],
  };
}
