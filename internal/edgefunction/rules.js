// Written by Portico, which predicts what it does: change it in the configuration only.
function handler(event) {
  var request = event.request;
  var host = request.headers.host.value.toLowerCase().split(':')[0];
  var name = nameFor(host);
  var path = settled(request.uri);
  if (name !== host || path !== request.uri) {
    return redirect(request, 'https://' + name + path);
  }
  if (rules.singlePage && path !== '/' && isPage(path)) {
    request.uri = rules.singlePage;
  }
  return request;
}

function nameFor(host) {
  var names = rules.names || {};
  return Object.prototype.hasOwnProperty.call(names, host) ? names[host] : host;
}

// settled is the path with or without a slash at its end.
function settled(path) {
  if (rules.trailingSlash === 'add' && isPage(path) && !path.endsWith('/')) {
    return path + '/';
  }
  if (rules.trailingSlash === 'remove' && path.endsWith('/') && !isWellKnown(path)) {
    return path.replace(/\/+$/, '') || '/';
  }
  return path;
}

// isPage tells files, whose names have a dot, from pages.
function isPage(path) {
  return path.slice(path.lastIndexOf('/') + 1).indexOf('.') < 0 && !isWellKnown(path);
}

function isWellKnown(path) {
  return path.indexOf('/.well-known/') === 0;
}

function redirect(request, url) {
  var query = request.rawQueryString();
  var keepsMethod = request.method !== 'GET' && request.method !== 'HEAD';
  return {
    statusCode: keepsMethod ? 308 : 301,
    statusDescription: keepsMethod ? 'Permanent Redirect' : 'Moved Permanently',
    headers: {
      'location': { value: url + (query ? '?' + query : '') },
      'cache-control': { value: 'max-age=3600' } // browsers forget it within the hour
    }
  };
}
