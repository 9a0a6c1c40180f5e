import { Answers } from "./answers";
import { Composer } from "./composer";
import type { Setting } from "./context";
import type { State } from "./conversation";
import { CallBackForm, DeleteWindow } from "./forms";
import { Header } from "./header";
import { Mark } from "./icons";
import { MessageView } from "./messages";
import { NoticeView } from "./notices";
import { lastOutcome, lastOwn, offersClinic, openMessage, urgentTold } from "./outcome";
import { fill, type Strings } from "./strings";
import type { CallBack, SummaryFormat } from "./types";

/** What the screen can ask for. */
export interface Actions {
  start: () => void;
  send: (text: string, payload?: string) => void;
  retry: () => void;
  askToErase: (ask: boolean) => void;
  erase: () => void;
  save: (format: SummaryFormat) => void;
  callBack: (form: CallBack) => void;
  close?: (() => void) | undefined;
}

interface Props {
  state: State;
  site: Omit<Setting, "urgent">;
  actions: Actions;
}

/** The whole widget, for one state of the conversation. */
export function App({ state, site, actions }: Props) {
  const { phase, messages, busy, notice } = state;
  const { strings } = site;
  const { start, send, save } = actions;
  const setting = { ...site, urgent: urgentTold(messages) };
  const chat = phase === "chat";
  const open = chat && !busy ? openMessage(messages) : undefined;
  const question = open?.custom?.question;
  const outcome = lastOutcome(messages);
  const answered = lastOwn(messages);
  const again = (label: string) => <button type="button" class="main" onClick={start}>{label}</button>;

  return (
    <div class="frame" lang="en-GB">
      <Header
        chat={chat}
        result={chat && outcome !== undefined}
        save={save}
        startAgain={() => send(strings.startAgainMessage)}
        erase={() => actions.askToErase(true)}
        close={actions.close}
        setting={setting}
      />
      <div class="scroller">
        {(phase === "welcome" || phase === "starting") && (
          <Welcome strings={strings} waiting={phase === "starting"} start={start} />
        )}
        {phase === "resuming" && !notice && <p class="middle">{strings.resuming}</p>}
        {phase === "deleted" && (
          <div class="welcome" tabIndex={-1}>
            <h3>{strings.deletedTitle}</h3>
            <p>{strings.deletedText}</p>
            {again(strings.newChat)}
          </div>
        )}
        {/* Announcing is done below, so that neither a resumed chat nor a redrawn message is read out again. */}
        <div class="log" role="log" aria-live="off" aria-label={strings.log}>
          {messages.map((entry, index) => (
            <MessageView
              key={entry.id}
              entry={entry}
              open={chat && !busy && index > answered}
              told={lastOutcome(messages.slice(0, index))}
              since={lastOwn(messages.slice(0, index)) > messages.findLastIndex((other) => other.custom?.outcome)}
              answer={send}
              setting={setting}
            />
          ))}
          {busy && <p class="typing"><i /><i /><i /><span class="hidden">{strings.typing}</span></p>}
        </div>
        <div role="status">{notice && <NoticeView notice={notice} retry={actions.retry} setting={setting} />}</div>
        <div class="answers" role="group" tabIndex={-1} aria-label={strings.answers} data-question={question?.id}>
          {question?.progress && <Progress {...question.progress} strings={strings} />}
          {open && <Answers key={open.id} message={open} answer={send} setting={setting} />}
          {chat && !busy && outcome && !setting.urgent && (
            <div class="after">
              <button type="button" class="choice" onClick={() => save("pdf")}>{strings.summaryPdf}</button>
              <button type="button" class="choice" onClick={() => save("text")}>{strings.summaryText}</button>
              {offersClinic(messages) && (
                <CallBackForm state={state.callBack} ask={actions.callBack} setting={setting} />
              )}
            </div>
          )}
          {phase === "ended" && again(strings.newChat)}
        </div>
      </div>
      {chat && <Composer send={send} setting={setting} />}
      <Announcer state={state} count={question?.options?.length ?? 0} strings={strings} />
      {state.asking && (
        <DeleteWindow yes={actions.erase} no={() => actions.askToErase(false)} setting={setting} />
      )}
    </div>
  );
}

function Welcome({ strings, waiting, start }: { strings: Strings; waiting: boolean; start: () => void }) {
  return (
    <div class="welcome">
      <Mark />
      <h3>{strings.welcomeTitle}</h3>
      <p>{strings.welcomeText}</p>
      <ul>{strings.welcomePoints.map((point) => <li>{point}</li>)}</ul>
      <button type="button" class="main" disabled={waiting} onClick={start}>
        {waiting ? strings.starting : strings.start}
      </button>
    </div>
  );
}

/** What is done, and the most that can still come: never a percentage that nobody can know. */
function Progress({ done, left_at_most: left, strings }: { done: number; left_at_most: number; strings: Strings }) {
  return (
    <div class="progress">
      <progress value={done} max={done + left} aria-hidden="true" />
      <p>{fill(left > 1 ? strings.progress : strings.progressLast, { done, left })}</p>
    </div>
  );
}

/** Tells screen readers of new messages, once each: politely, or at once where it is an emergency. */
function Announcer({ state, count, strings }: { state: State; count: number; strings: Strings }) {
  const { number, polite, assertive } = state.announcement;
  return (
    <div class="hidden">
      <div aria-live="polite">
        {polite && <p key={number}>{polite} {count > 1 && fill(strings.answersCount, { n: count })}</p>}
      </div>
      <div role="alert">{assertive && <p key={number}>{assertive}</p>}</div>
    </div>
  );
}
