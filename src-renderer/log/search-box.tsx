import {
  type KeyboardEvent,
  type ReactNode,
  type Ref,
  useEffect,
  useId,
  useImperativeHandle,
  useRef,
  useState,
} from 'react';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import { removeChip, switchChip } from '#renderer/log/chip.ts';
import { type ChipAction, ChipView } from '#renderer/log/chip-view.tsx';
import { Completions, type Offer } from '#renderer/log/completions.tsx';
import { draftToChips, type LogState, readQueryText } from '#renderer/log/log-state.ts';
import { readProblem } from '#renderer/log/query-problem.ts';
import type { FrozenView } from '#renderer/log/use-log-view.ts';
import { useOffers } from '#renderer/log/use-offers.ts';
import { applyCompletion } from '#shared/query/complete.ts';
import { formatClause } from '#shared/query/format.ts';
import classes from './search-box.module.css';

export interface SearchHandle {
  focus(): void;
}

interface SearchBoxProps {
  readonly handle: Ref<SearchHandle>;
  readonly state: LogState;
  readonly frozen: FrozenView | null;
  readonly onChange: (state: LogState) => void;
  readonly onWrite: (draft: string) => void;
  /** The person is done writing and goes on to the rows. */
  readonly onLeave: () => void;
}

/** Milliseconds of rest before a text that can’t be read is spoken of: nobody is scolded in the middle of a word. */
const patience = 700;

/** True once `value` has stayed the same for a while. */
const useRest = (value: string): boolean => {
  const [rested, setRested] = useState('');
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), patience);
    return () => clearTimeout(timer);
  }, [value]);
  return rested === value;
};

/** The query as chips and text. */
export const SearchBox = ({ handle, state, frozen, onChange, onWrite, onLeave }: SearchBoxProps): ReactNode => {
  const { t, language, sentence } = useI18n();
  const input = useRef<HTMLInputElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const listId = useId();
  const problemId = useId();
  const [caret, setCaret] = useState(0);
  const [focused, setFocused] = useState(false);
  const [closed, setClosed] = useState(false);
  const [active, setActive] = useState<number | null>(null);
  const { draft, chips } = state;

  useImperativeHandle(handle, () => ({
    focus: () => {
      input.current?.focus();
      input.current?.select();
    },
  }));

  const { completion, offers } = useOffers(draft, caret, frozen, focused && !closed);
  const open = focused && !closed && offers.length > 0;
  const rested = useRest(draft);
  const { error } = readQueryText(draft);
  const problem = error !== null && !open && (rested || !focused) ? readProblem(error) : null;

  const write = (text: string, at: number): void => {
    setCaret(at);
    setActive(null);
    setClosed(text.trim() === '');
    const spaced = text.endsWith(' ') && at === text.length ? draftToChips({ ...state, draft: text }, false) : null;
    if (spaced !== null && spaced.draft.trim() !== text.trim()) {
      setClosed(true);
      onChange(spaced);
    } else onWrite(text);
  };

  const choose = (offer: Offer): void => {
    if (completion === null) return;
    const done = applyCompletion(draft, completion, offer.value);
    write(done.text, done.caret);
    requestAnimationFrame(() => input.current?.setSelectionRange(done.caret, done.caret));
  };

  const act = (index: number, action: ChipAction): void => {
    const chip = chips[index];
    if (chip === undefined) return;
    if (action === 'switch') onChange({ ...state, chips: switchChip(chips, index) });
    else if (action === 'remove') {
      onChange({ ...state, chips: removeChip(chips, index) });
      input.current?.focus();
    } else {
      const text = `${draft.trimEnd()} ${formatClause(chip.clause, language)}`.trimStart();
      onChange({ ...state, chips: removeChip(chips, index), draft: text });
      input.current?.focus();
    }
  };

  const focusChip = (index: number): void => box.current?.querySelectorAll<HTMLElement>('[data-chip]')[index]?.focus();

  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    if (event.nativeEvent.isComposing) return;
    const atStart = event.currentTarget.selectionStart === 0 && event.currentTarget.selectionEnd === 0;
    switch (event.key) {
      case 'ArrowDown':
      case 'ArrowUp': {
        event.preventDefault();
        if (!open) {
          if (event.key === 'ArrowDown' && closed === false && draft.trim() !== '' && offers.length === 0) onLeave();
          setClosed(false);
          return;
        }
        const step = event.key === 'ArrowDown' ? 1 : -1;
        const from = active ?? (step === 1 ? -1 : offers.length);
        setActive((from + step + offers.length) % offers.length);
        return;
      }
      case 'Tab': {
        const offer = open && completion?.partial !== '' ? offers[active ?? 0] : undefined;
        if (offer === undefined || event.shiftKey) return;
        event.preventDefault();
        choose(offer);
        return;
      }
      case 'Enter': {
        event.preventDefault();
        const offer = open && active !== null ? offers[active] : undefined;
        if (offer !== undefined) choose(offer);
        else if (draft.trim() === '') onLeave();
        else {
          setClosed(true);
          onChange(draftToChips(state, true));
        }
        return;
      }
      case 'Escape':
        event.preventDefault();
        if (open) setClosed(true);
        else onLeave();
        return;
      case 'Backspace':
        if (atStart && chips.length > 0) {
          event.preventDefault();
          onChange({ ...state, chips: removeChip(chips, chips.length - 1) });
        }
        return;
      case 'ArrowLeft':
        if (atStart && chips.length > 0) {
          event.preventDefault();
          focusChip(chips.length - 1);
        }
        return;
      default:
    }
  };

  const onChipKey = (event: KeyboardEvent<HTMLElement>, index: number): void => {
    switch (event.key) {
      case 'ArrowLeft':
        focusChip(Math.max(0, index - 1));
        break;
      case 'ArrowRight':
        if (index < chips.length - 1) focusChip(index + 1);
        else input.current?.focus();
        break;
      case 'Backspace':
      case 'Delete':
        act(index, 'remove');
        break;
      case 'Enter':
        act(index, 'edit');
        break;
      case 'Escape':
        input.current?.focus();
        break;
      default:
        return;
    }
    event.preventDefault();
  };

  return (
    <div className={classes.place}>
      {/* A click beside the text means the text. */}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the field inside is what is interactive */}
      <div
        ref={box}
        className={problem === null ? classes.box : `${classes.box} ${classes.unreadable}`}
        onMouseDown={(event) => {
          if (event.target !== event.currentTarget) return;
          event.preventDefault();
          input.current?.focus();
        }}
      >
        {chips.map((chip, index) => (
          <ChipView
            // Chips have no identity but their text and their place.
            // biome-ignore lint/suspicious/noArrayIndexKey: see above
            key={`${index} ${formatClause(chip.clause, 'en')}`}
            chip={chip}
            onAct={(action) => act(index, action)}
            onKeyDown={(event) => onChipKey(event, index)}
          />
        ))}
        <span className={classes.text}>
          {problem !== null && (
            <span className={classes.under} aria-hidden="true">
              {draft.slice(0, problem.position)}
              <u>{draft.slice(problem.position, problem.end) || ' '}</u>
            </span>
          )}
          <input
            ref={input}
            className={classes.input}
            value={draft}
            size={Math.max(12, draft.length + 1)}
            placeholder={chips.length === 0 ? t('log.search.placeholder') : ''}
            role="combobox"
            aria-label={t('log.search.label')}
            aria-expanded={open}
            aria-controls={listId}
            aria-autocomplete="list"
            aria-activedescendant={active === null ? undefined : `${listId}-${active}`}
            aria-invalid={problem !== null}
            aria-describedby={problem === null ? undefined : problemId}
            spellCheck={false}
            autoComplete="off"
            onChange={(event) =>
              write(event.currentTarget.value, event.currentTarget.selectionStart ?? event.currentTarget.value.length)
            }
            onSelect={(event) => setCaret(event.currentTarget.selectionStart ?? 0)}
            onFocus={() => {
              setFocused(true);
              setClosed(draft === '');
            }}
            onBlur={() => {
              setFocused(false);
              setActive(null);
            }}
            onKeyDown={onKeyDown}
          />
        </span>
        <kbd className={classes.key}>/</kbd>
      </div>
      {problem !== null && (
        <div id={problemId} role="alert" className={classes.problem}>
          {sentence(error)}
        </div>
      )}
      <Completions id={listId} open={open} offers={offers} active={active} onChoose={choose} />
    </div>
  );
};
