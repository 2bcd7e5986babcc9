import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const MEMBER = fileURLToPath(new URL('../member.mjs', import.meta.url));

/** One process of a fleet, as the case that started it sees it. */
class Member {
  onGone = () => undefined;
  #process;
  #settle;

  constructor(subject, redisUrl, setting) {
    this.#process = fork(MEMBER, [subject, redisUrl, JSON.stringify(setting)], { stdio: 'inherit' });
    this.#process.on('message', ({ answer, error, ...said }) => {
      if (answer !== undefined) this.#settle.resolve(answer);
      else if (error !== undefined) this.#settle.reject(new Error(error));
      else this.onGone(said);
    });
    this.#process.on('exit', (code) => this.#settle?.reject(new Error(`A member ended with ${code}.`)));
    this.opened = this.#answer();
  }

  ask(order) {
    const answer = this.#answer();
    this.#process.send(order);
    return answer;
  }

  close() {
    this.#process.disconnect();
  }

  #answer() {
    return new Promise((resolve, reject) => (this.#settle = { resolve, reject }));
  }
}

/** So many processes that each have the same subject open. */
export const openFleet = async (size, subject, redisUrl, setting) => {
  const members = Array.from({ length: size }, () => new Member(subject, redisUrl, setting));
  await Promise.all(members.map(({ opened }) => opened));
  return {
    members,
    askAll: (order) => Promise.all(members.map((member) => member.ask(order))),
    close: () => members.forEach((member) => member.close()),
  };
};
