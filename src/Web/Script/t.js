/* Triggers in the browser: page views, clicks on [data-track], track, identify, group, alias, reset. How to use it: docs/ingest.md. */
(function (w, d) {
  'use strict';
  /* Two snippets would count everything twice. */
  if (w.triggers && w.triggers.anonymousId) return;
  var script = d.currentScript || d.querySelector('script[data-write-key]'), options = script.dataset, writeKey = options.writeKey;
  var url = (options.host || new URL(script.src).origin).replace(/\/+$/, '') + '/v1/b';
  var QUEUE_MAX = 500, BATCH_MAX = 40, BODY_CHARS_MAX = 150000, BEACON_BYTES_MAX = 60000, WAIT_MS_MAX = 300000;
  var memory = {}, count = 1e6, failures = 0, notBefore = 0, sending = false, timer, lastUrl, lastReferrer = d.referrer;

  /* Storage may be forbidden or full: then this page remembers alone. */
  function read(name) {
    if (name in memory) return memory[name];
    try { return JSON.parse(localStorage.getItem(name)); } catch (e) { return null; }
  }
  function write(name, value) {
    try {
      if (value == null) localStorage.removeItem(name);
      else localStorage.setItem(name, JSON.stringify(value));
      delete memory[name];
    } catch (e) { memory[name] = value; }
  }
  function newId() {
    return Array.from(crypto.getRandomValues(new Uint8Array(16)), function (b) { return (b + 256).toString(16).slice(1); }).join('');
  }
  function anonymousId() {
    var id = read('triggers.anonymous');
    if (!id) write('triggers.anonymous', id = newId());
    return id;
  }
  /* A place for each event: tabs that change one list at the same time lose each other's. Names sort by time. */
  function places() {
    var names = Object.keys(memory);
    try { names = names.concat(Object.keys(localStorage)); } catch (e) { /* memory alone */ }
    return names.filter(function (name, index) { return /^triggers\.event/.test(name) && names.indexOf(name) === index && read(name); }).sort();
  }
  function queue(max) { return places().slice(0, max).map(read); }

  function add(type, event) {
    var page = { url: location.href, path: location.pathname, search: location.search, title: d.title, referrer: lastReferrer };
    /* What is no JSON fails at its caller, not in the queue. */
    event = JSON.parse(JSON.stringify(event));
    event.type = type;
    event.messageId = newId();
    event.timestamp = new Date().toISOString();
    event.anonymousId = anonymousId();
    if (!event.userId && read('triggers.user')) event.userId = read('triggers.user');
    event.context = { page: page, locale: navigator.language, userAgent: navigator.userAgent, library: { name: 't.js', version: '1' } };
    write('triggers.event.' + event.timestamp + ++count + '.' + event.messageId, event);
    places().slice(0, -QUEUE_MAX).forEach(function (name) { write(name); });
    plan();
  }

  function plan() {
    if (!sending && !timer) timer = setTimeout(send, Math.max(50, notBefore - Date.now()));
  }
  function bodyOf(batch) { return JSON.stringify({ writeKey: writeKey, batch: batch, sentAt: new Date().toISOString() }); }
  /* The server knows a messageId that comes twice, from another tab. */
  function drop(batch) {
    var sent = {};
    batch.forEach(function (event) { sent[event.messageId] = 1; });
    places().forEach(function (name) { if (sent[name.split('.').pop()]) write(name); });
  }
  function send() {
    /* A body over 500 KB would be refused for good; a character has three bytes at most. */
    for (var size = BATCH_MAX; size > 1 && bodyOf(queue(size)).length > BODY_CHARS_MAX;) size >>= 1;
    var batch = queue(size);
    timer = 0;
    if (sending || !batch.length) return;
    sending = true;
    function done(retryAfter) {
      sending = false;
      failures = retryAfter == null ? 0 : failures + 1;
      notBefore = failures && Date.now() + (retryAfter * 1000 || Math.min(WAIT_MS_MAX, 500 * Math.pow(2, failures)) * (0.5 + Math.random()));
      if (!failures) drop(batch);
      if (places().length) plan();
    }
    /* text/plain and no header of our own: browsers ask no permission first. */
    fetch(url, { method: 'POST', body: bodyOf(batch), headers: { 'Content-Type': 'text/plain' }, credentials: 'omit' }).then(function (answer) {
      done(answer.status === 429 || answer.status >= 500 ? +answer.headers.get('Retry-After') : null);
    }, function () { done(0); });
  }
  /* A page on its way out hands over what is left, not knowing whether it arrives: while the server is away, it waits for the next page. */
  function leave() {
    for (var size = BATCH_MAX; size >= 1 && !failures && navigator.onLine !== false;) {
      var batch = queue(size), body = bodyOf(batch);
      if (!batch.length) return;
      if (body.length <= BEACON_BYTES_MAX && navigator.sendBeacon && navigator.sendBeacon(url, body)) drop(batch);
      else size >>= 1;
    }
  }

  function properties(element) {
    var found = {};
    Object.keys(element.dataset).forEach(function (name) {
      var value = element.dataset[name];
      if (/^track[^a-z]/.test(name)) found[name[5].toLowerCase() + name.slice(6)] = isFinite(value) && String(+value) === value ? +value : value;
    });
    return found;
  }
  var api = {
    track: function (event, properties) { add('track', { event: event, properties: properties || {} }); },
    page: function (name, properties) {
      if (lastUrl && lastUrl !== location.href) lastReferrer = lastUrl;
      lastUrl = location.href;
      var seen = { url: lastUrl, path: location.pathname, search: location.search, title: d.title, referrer: lastReferrer };
      add('page', { name: name, properties: Object.assign(seen, properties) });
    },
    identify: function (userId, traits) {
      if (userId && typeof userId === 'object') { traits = userId; userId = null; }
      if (userId) write('triggers.user', String(userId));
      add('identify', { traits: traits || {} });
    },
    group: function (groupId, traits) { add('group', { groupId: groupId, traits: traits || {} }); },
    alias: function (userId, previousId) {
      previousId = previousId || read('triggers.user') || anonymousId();
      write('triggers.user', String(userId));
      add('alias', { userId: String(userId), previousId: previousId });
    },
    reset: function () { write('triggers.user', null); write('triggers.anonymous', null); },
    anonymousId: anonymousId,
    push: function (call) { api[call[0]].apply(null, call.slice(1)); }
  };

  var waiting = w.triggers;
  w.triggers = api;
  function view() { if (location.href !== lastUrl) api.page(); }
  function watch() {
    view();
    var pushState = history.pushState;
    history.pushState = function () { pushState.apply(history, arguments); setTimeout(view); };
    w.addEventListener('popstate', view);
    /* Back on a page that was kept whole. */
    w.addEventListener('pageshow', function (event) { if (event.persisted) api.page(); });
  }
  if (options.pageViews !== 'false') {
    /* A page made ready ahead is not seen yet. */
    if (d.prerendering) d.addEventListener('prerenderingchange', watch, { once: true });
    else watch();
  }
  d.addEventListener('click', function (event) {
    /* Through shadow roots, too. */
    var element = event.composedPath().find(function (node) { return node.dataset && node.dataset.track != null; });
    if (element) api.track(element.dataset.track, properties(element));
  }, true);
  w.addEventListener('pagehide', leave);
  d.addEventListener('visibilitychange', function () { if (d.visibilityState === 'hidden') leave(); });
  w.addEventListener('online', function () { clearTimeout(timer); timer = notBefore = 0; plan(); });
  plan();
  /* Last: a wrong call stops nothing else. */
  if (Array.isArray(waiting)) waiting.forEach(api.push);
})(window, document);
