import { tel, type With } from "./context";
import type { Notice } from "./conversation";
import { fill } from "./strings";

/** What went wrong, what the person can do, and whom to phone meanwhile. */
export function NoticeView({ notice, retry, setting }: With<{ notice: Notice; retry: () => void }>) {
  const { strings } = setting;
  const problems: Record<string, string> = strings.problems;
  const own = problems[notice.code] ?? problems["other"]!;
  return (
    <div class="notice" data-problem={notice.code}>
      <p>{notice.said || fill(own, { seconds: notice.seconds ?? 0 })}</p>
      <Numbers said={!!notice.said} setting={setting} />
      {notice.retry && <button type="button" class="choice" onClick={retry}>{strings.retry}</button>}
    </div>
  );
}

/** Whom to phone. What the server said names 999 and 111 already; the clinic is left out beside urgent advice. */
function Numbers({ said, setting: { strings, phone, urgent } }: With<{ said: boolean }>) {
  const { emergency, urgent: advice, clinic } = strings.phones;
  return (
    <p>
      {!said && <>{emergency} <a href="tel:999">999</a>. {advice} <a href="tel:111">111</a>. </>}
      {phone && !urgent && <>{clinic} <a href={tel(phone)}>{phone}</a>.</>}
    </p>
  );
}
