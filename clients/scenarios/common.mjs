// What every scenario shares: where the venue is, and how a scenario ends. Exit 0 with one JSON line of what was seen, exit 1 with a sentence.
export const env = (name) => {
  const value = process.env[name];
  if (!value) throw new Error(`the environment variable ${name} is needed`);
  return value;
};

export const base = process.env.BASE_URL?.replace(/\/+$/, '');
export const socketUrl = () => env('BASE_URL').replace(/\/+$/, '').replace(/^http/, 'ws') + '/ws/v4/';
export const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

// The Node SDK reads 64-bit integers as BigInt, which JSON does not know.
const json = (value) => JSON.stringify(value, (_, inner) => (typeof inner === 'bigint' ? Number(inner) : inner));

export class Mismatch extends Error {}

/** Fails the scenario with a sentence unless the condition holds. */
export const check = (condition, sentence) => {
  if (!condition) throw new Mismatch(sentence);
};

/** Fails unless both are equal after JSON; says what was seen. */
export const same = (seen, wanted, what) => {
  const left = json(seen);
  const right = json(wanted);
  check(left === right, `${what}: expected ${right}, saw ${left}`);
};

/** Waits for a promise, but not for ever: a stream that stays silent is a failure with a name. */
export const within = (seconds, what, promise) => {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Mismatch(`${what}: nothing within ${seconds} s`)), seconds * 1000);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
};

/** Expects a refusal: the call must throw, and the test of the error must hold. Returns the error. */
export const refused = async (what, call, test) => {
  let answer;
  try {
    answer = await call();
  } catch (error) {
    if (error instanceof TypeError || error instanceof ReferenceError) throw error;
    check(test(error), `${what}: refused, but with ${error.constructor.name}: ${error.message}`);
    return error;
  }
  throw new Mismatch(`${what}: expected a refusal, saw ${json(answer)?.slice(0, 300)}`);
};

/** Runs a scenario made of named steps: `step(name, fn)` runs one and keeps its result under its name; a failure names the step. */
export const scenario = async (name, body) => {
  const seen = { scenario: name };
  let current = 'start';
  const step = async (what, call) => {
    current = what;
    const fact = await within(60, what, call());
    if (fact !== undefined) seen[what] = fact;
    return fact;
  };
  try {
    await body(step, seen);
    console.log(json(seen));
    process.exit(0);
  } catch (error) {
    const answer = error?.response?.data; // an HTTP refusal that the SDK's error only numbers
    const detail = error instanceof Mismatch ? error.message : answer ? `${error.response.status} ${json(answer)} to ${error.config?.method} ${error.config?.url}` : `${error?.constructor?.name}: ${error?.message}`;
    console.error(`${name} failed at "${current}": ${detail}`.slice(0, 4000));
    if (!(error instanceof Mismatch) && process.env.TRACE) console.error(error?.stack);
    process.exit(1);
  }
};
