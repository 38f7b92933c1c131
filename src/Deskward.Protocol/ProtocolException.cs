namespace Deskward.Protocol;

/// <summary>
/// Input that cannot be read, with one sentence saying what is wrong and, where known, at which line. The only exception that the readers
/// of this assembly throw for hostile or damaged input; its message is safe to show and to log (no control characters, at most 300 characters).
/// </summary>
public sealed class ProtocolException(string message) : Exception(message);
