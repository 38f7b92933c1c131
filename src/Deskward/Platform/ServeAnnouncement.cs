namespace Deskward.Platform;

/// <summary>What a module tells whoever started <c>deskward serve</c>, on standard output; null when there is nothing to tell.</summary>
internal delegate Task<string?> ServeAnnouncement(IServiceProvider services, CancellationToken cancellationToken);
