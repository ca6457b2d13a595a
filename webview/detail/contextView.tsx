import { formatTokens } from '../../src/core/rowText.ts';
import type { Agent } from '../../src/core/state.ts';
import type { Manifest } from '../../src/core/events.ts';
import { type OpenPlace, PlaceButton } from '../text/markdown.tsx';
import { toVisibleLine } from '../text/visible.ts';

/** What an agent was given and what was kept from it at its start, then what it read and made since. */
export function ContextView(props: { readonly agent: Agent; readonly manifest: Manifest; readonly openPlace: OpenPlace }) {
  const { agent, manifest, openPlace } = props;
  return (
    <div class="context-parts">
      <h4>Given at the start</h4>
      <table class="context-given">
        <tbody>
          {manifest.given.map(({ name, tokens }, index) => (
            <tr key={index}>
              <td>{toVisibleLine(name)}</td>
              <td class="number">{formatTokens(tokens)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="dim">Tokens are estimated from the length of the text.</p>
      <h4>Withheld</h4>
      {manifest.withheld.length === 0 ? (
        <p class="dim">Nothing that the engine knows of.</p>
      ) : (
        <ul>
          {manifest.withheld.map(({ name, why }, index) => (
            <li key={index}>
              {toVisibleLine(name)} <span class="dim">({toVisibleLine(why)})</span>
            </li>
          ))}
        </ul>
      )}
      <Paths title="Files read since" paths={agent.filesRead} openPlace={openPlace} />
      <Paths title="Files changed" paths={agent.filesChanged} openPlace={openPlace} />
      {agent.notes.length === 0 ? null : (
        <>
          <h4>Notes written</h4>
          <p>{toVisibleLine(agent.notes.map(({ name }) => name).join(', '))}</p>
        </>
      )}
    </div>
  );
}

/** A list of this length is read; a longer one is only scrolled past. */
const mostPaths = 60;

function Paths(props: { readonly title: string; readonly paths: readonly string[]; readonly openPlace: OpenPlace }) {
  const { title, paths, openPlace } = props;
  if (paths.length === 0) {
    return null;
  }
  const more = paths.length - mostPaths;
  return (
    <>
      <h4>{title}</h4>
      <ul>
        {paths.slice(0, mostPaths).map((path) => (
          <li key={path}>
            <PlaceButton path={path} line={undefined} openPlace={openPlace} />
          </li>
        ))}
        {more > 0 ? <li class="dim">and {more} more</li> : null}
      </ul>
    </>
  );
}
