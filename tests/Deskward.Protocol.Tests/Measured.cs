using Xunit;

namespace Deskward.Protocol.Tests;

/// <summary>Tests that measure time run one after the other, when no other test runs: <c>[Collection(nameof(Measured))]</c>.</summary>
[CollectionDefinition(nameof(Measured), DisableParallelization = true)]
public sealed class Measured;
