/** RFC 9457 problem details, as far as the dashboard shows them. */
export type Problem = {
  status: number;
  title: string;
  detail: string | null;
  errors: DefinitionError[];
};

/** What is wrong in a definitions folder, and where. Line 0: the file as a whole. */
export type DefinitionError = { file: string; line: number; column: number; field: string; message: string };

export class ApiError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail ?? problem.title);
    this.name = 'ApiError';
    this.problem = problem;
  }
}

export const unreachable = (): ApiError => new ApiError({ status: 0, title: 'The server cannot be reached', detail: 'Is it running? This page tries again by itself.', errors: [] });

/** The sign-in page is the server's; it comes back here afterwards. */
export function goToSignIn(): void {
  const here = window.location.pathname + window.location.search;
  window.location.assign(here === '/' ? '/sign-in' : `/sign-in?return=${encodeURIComponent(here)}`);
}

export const get = <T>(path: string, signal?: AbortSignal): Promise<T> => request<T>('GET', path, undefined, signal);
export const put = <T = void>(path: string, body: object): Promise<T> => request<T>('PUT', path, body);
export const post = <T = void>(path: string, body?: object): Promise<T> => request<T>('POST', path, body);
export const remove = <T = void>(path: string): Promise<T> => request<T>('DELETE', path);

/** A file as it is. */
export const upload = <T>(method: 'PUT' | 'POST' | 'DELETE', path: string, file: Blob, type: string): Promise<T> => request<T>(method, path, new Blob([file], { type }));

/** `/api/v1` + the path; parts of it that come from data go through `part`, queries through `query`. */
export const part = encodeURIComponent;

export function query(values: Record<string, string | number | null | undefined>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value !== null && value !== undefined && value !== '') search.set(name, String(value));
  }
  const text = search.toString();
  return text === '' ? '' : `?${text}`;
}

async function request<T>(method: string, path: string, body?: object, signal?: AbortSignal): Promise<T> {
  let response: Response;
  try {
    response = await fetch(`/api/v1${path}`, {
      method,
      credentials: 'same-origin',
      headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': body instanceof Blob ? body.type : 'application/json' }) },
      ...(body === undefined ? {} : { body: body instanceof Blob ? body : JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw unreachable();
  }
  if (response.status === 401) {
    goToSignIn();
    throw new ApiError({ status: 401, title: 'You are signed out', detail: 'Taking you to the sign-in page.', errors: [] });
  }
  const text = await response.text();
  if (!response.ok) throw new ApiError(readProblem(response.status, text));
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

/** Tolerates a body that is no problem document: a proxy in between may have written it. */
export function readProblem(status: number, text: string): Problem {
  const problem: Problem = { status, title: `The server answered ${status}`, detail: null, errors: [] };
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return problem;
  }
  if (!isObject(body)) return problem;
  if (typeof body['title'] === 'string') problem.title = body['title'];
  if (typeof body['detail'] === 'string') problem.detail = body['detail'];
  if (Array.isArray(body['errors'])) problem.errors = body['errors'].filter(isObject).map(readDefinitionError);
  return problem;
}

export function readDefinitionError(error: Record<string, unknown>): DefinitionError {
  const text = (name: string): string => (typeof error[name] === 'string' ? error[name] : '');
  const number = (name: string): number => (typeof error[name] === 'number' ? error[name] : 0);
  return { file: text('file'), line: number('line'), column: number('column'), field: text('field'), message: text('message') };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
