using System.Collections;
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Primitives;

namespace Deskward.Isolation;

/// <summary>Which names of the address each page has asked for the value of: a name that a page never asks for cannot change it.</summary>
internal sealed class AskedNames : IStartupFilter
{
    private readonly ConcurrentDictionary<(string Pattern, string Name), bool> _asked = new();

    /// <summary>Whether a page has asked for a name in any request so far.</summary>
    internal bool Has(Operation page, string name) => _asked.ContainsKey((page.Pattern, name));

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(async (context, goOn) =>
        {
            context.Features.Set<IQueryFeature>(new Watched(this, context));
            await goOn(context);
        });
        next(app);
    };

    private void Note(HttpContext context, string name)
    {
        if (context.GetEndpoint() is RouteEndpoint endpoint)
        {
            _asked[("/" + endpoint.RoutePattern.RawText!.TrimStart('/'), name)] = true;
        }
    }

    private sealed class Watched(AskedNames names, HttpContext context) : IQueryFeature, IQueryCollection
    {
        private readonly QueryFeature _inner = new(context.Features);

        public IQueryCollection Query { get => this; set => _inner.Query = value; }

        public int Count => _inner.Query.Count;

        public ICollection<string> Keys => _inner.Query.Keys;

        public StringValues this[string key]
        {
            get
            {
                names.Note(context, key);
                return _inner.Query[key];
            }
        }

        public bool ContainsKey(string key)
        {
            names.Note(context, key);
            return _inner.Query.ContainsKey(key);
        }

        public bool TryGetValue(string key, [MaybeNullWhen(false)] out StringValues value)
        {
            names.Note(context, key);
            return _inner.Query.TryGetValue(key, out value);
        }

        public IEnumerator<KeyValuePair<string, StringValues>> GetEnumerator() => _inner.Query.GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
