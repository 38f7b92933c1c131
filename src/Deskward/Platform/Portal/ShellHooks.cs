namespace Deskward.Platform.Portal;

/// <summary>How many unread messages a person has in these organisations; Notices registers it, the bell shows it. Queries in a scope of its own.</summary>
internal delegate Task<int> CountUnread(Guid person, IEnumerable<Guid> tenants, CancellationToken cancellationToken);

/// <summary>What somebody reads on top of every page; null: nothing. The answer is the key of a text.</summary>
internal delegate ValueTask<string?> ShellNotice(IServiceProvider services, CurrentPerson person, CancellationToken cancellationToken);

/// <summary>Runs when somebody who is signed in switches the language; Identity registers it, so that mails follow.</summary>
internal delegate Task LanguageChosen(HttpContext context, CurrentPerson person, Language language);
