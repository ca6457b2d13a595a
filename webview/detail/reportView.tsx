import type { ComponentChildren } from 'preact';
import type { Brief, Report } from '../../src/core/events.ts';
import { reportOf } from '../../src/core/selectors.ts';
import type { Agent } from '../../src/core/state.ts';
import { Icon } from '../parts/icon.tsx';
import type { Store } from '../store.ts';
import { Markdown, type OpenPlace, PlaceButton, PlainText } from '../text/markdown.tsx';
import { toVisibleLine } from '../text/visible.ts';
import { EndView } from './endView.tsx';
import { placeOpener } from './placeOpener.ts';

/** What an agent was asked for and what it answered. */
export function ReportView({ store, agent }: { readonly store: Store; readonly agent: Agent }) {
  const openPlace = placeOpener(store, agent);
  const report = reportOf(agent);
  return (
    <div class="report" tabIndex={0} role="document" aria-label={`Brief and report of ${agent.label}`}>
      <h3>Report</h3>
      {report !== undefined ? (
        <ReportBody report={report} openPlace={openPlace} />
      ) : agent.phase.kind === 'ended' ? (
        <EndView outcome={agent.phase.outcome} at={agent.phase.since} store={store} />
      ) : (
        <p class="dim">It has not reported yet.</p>
      )}
      <h3>Brief</h3>
      <BriefBody brief={agent.brief} openPlace={openPlace} />
    </div>
  );
}

function ReportBody({ report, openPlace }: { readonly report: Report; readonly openPlace: OpenPlace }) {
  return (
    <>
      <Markdown text={report.summary} openPlace={openPlace} />
      {report.verdict === undefined ? null : (
        <p class="dim">{report.verdict === 'approve' ? 'Verdict: approved' : 'Verdict: changes needed'}</p>
      )}
      <Doubts doubts={report.doubts ?? []} openPlace={openPlace} />
      <Section title="Findings" count={report.findings.length}>
        <ul class="findings">
          {report.findings.map((finding, at) => (
            <li key={at}>
              {finding.severity === undefined ? null : <span class={`severity severity-${finding.severity}`}>{finding.severity}</span>}
              {finding.path === undefined ? null : <PlaceButton path={finding.path} line={finding.line} openPlace={openPlace} />}
              <span>
                <PlainText text={finding.text} openPlace={openPlace} />
              </span>
            </li>
          ))}
        </ul>
      </Section>
      <Section title="Recommendations" count={report.recommendations.length}>
        <ul class="findings">
          {report.recommendations.map((each, at) => (
            <li key={at}>
              <span class={`severity severity-${each.priority}`}>{each.priority}</span>
              <span>
                <PlainText text={each.text} openPlace={openPlace} />
              </span>
            </li>
          ))}
        </ul>
      </Section>
      <Places title="Files changed" paths={report.filesChanged} openPlace={openPlace} />
      <Texts title="Open questions" texts={report.openQuestions} openPlace={openPlace} />
      <Places title="Files read" paths={report.filesRead} openPlace={openPlace} />
      <Texts title="Notes" texts={report.notes} openPlace={openPlace} />
    </>
  );
}

/** What the engine could not confirm, after it had asked for the report again. */
function Doubts({ doubts, openPlace }: { readonly doubts: readonly string[]; readonly openPlace: OpenPlace }) {
  return doubts.map((doubt, at) => (
    <p key={at} class="doubt dim">
      <Icon name="warning" tone="wait" />
      <span>
        Not confirmed: <PlainText text={doubt} openPlace={openPlace} />
      </span>
    </p>
  ));
}

function BriefBody({ brief, openPlace }: { readonly brief: Brief; readonly openPlace: OpenPlace }) {
  const { scope, constraints } = brief;
  const limits = [
    ...(constraints?.tokens === undefined ? [] : [`${constraints.tokens} tokens`]),
    ...(constraints?.minutes === undefined ? [] : [`${constraints.minutes} minutes`]),
  ];
  return (
    <>
      <Markdown text={brief.objective} openPlace={openPlace} />
      <Places title="Scope" paths={scope?.paths ?? []} openPlace={openPlace} />
      <Texts title="Focus" texts={scope?.focus === undefined ? [] : [scope.focus]} openPlace={openPlace} />
      <Texts title="Context" texts={brief.context === undefined ? [] : [brief.context]} openPlace={openPlace} />
      <Texts title="Withheld" texts={brief.withheld === undefined ? [] : [brief.withheld]} openPlace={openPlace} />
      <Texts title="Output format" texts={brief.outputFormat === undefined ? [] : [brief.outputFormat]} openPlace={openPlace} />
      <Texts title="Done when" texts={constraints?.doneCriteria ?? []} openPlace={openPlace} />
      <Texts title="Limits" texts={limits} openPlace={openPlace} />
    </>
  );
}

function Section({ title, count, children }: { readonly title: string; readonly count: number; readonly children: ComponentChildren }) {
  return count === 0 ? null : (
    <section>
      <h4>{title}</h4>
      {children}
    </section>
  );
}

function Texts({ title, texts, openPlace }: { readonly title: string; readonly texts: readonly string[]; readonly openPlace: OpenPlace }) {
  return (
    <Section title={title} count={texts.length}>
      <ul>
        {texts.map((text, at) => (
          <li key={at} class="plain">
            <PlainText text={text} openPlace={openPlace} />
          </li>
        ))}
      </ul>
    </Section>
  );
}

/** More places than this are counted, not listed. */
const mostPlaces = 200;

function Places({ title, paths, openPlace }: { readonly title: string; readonly paths: readonly string[]; readonly openPlace: OpenPlace }) {
  return (
    <Section title={title} count={paths.length}>
      <div class="places">
        {paths.slice(0, mostPlaces).map((path) => (
          <PlaceButton key={path} path={path} openPlace={openPlace}>
            {toVisibleLine(path)}
          </PlaceButton>
        ))}
        {paths.length > mostPlaces ? <span class="dim">and {paths.length - mostPlaces} more</span> : null}
      </div>
    </Section>
  );
}
