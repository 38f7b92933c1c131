using System.Reflection;
using System.Text;
using Deskward.Platform;

namespace Deskward.Fixture;

/// <summary>How a run of the command ended.</summary>
/// <param name="Code">The exit code.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error.</param>
internal sealed record CommandRun(int Code, string Output, string Error);

/// <summary>
/// The product's command, from its entry point on, as an operator types it, but in this process: in one of its own it would make the model of the database anew, which is most of what it does.
/// That it runs as a process too is for the tests that kill it, and for the journeys.
/// </summary>
internal static class DeskwardCommand
{
    private static readonly MethodInfo s_entry = typeof(Verb).Assembly.EntryPoint!;
    private static readonly AsyncLocal<StringBuilder?> s_output = new(), s_error = new();

    static DeskwardCommand()
    {
        Console.SetOut(TextWriter.Synchronized(new Diverted(Console.Out, s_output)));
        Console.SetError(TextWriter.Synchronized(new Diverted(Console.Error, s_error)));
    }

    /// <summary>Runs it with these arguments and nothing else.</summary>
    internal static Task<CommandRun> RunAsync(params string[] arguments) => Task.Run(() =>
    {
        var (output, error) = (s_output.Value, s_error.Value) = (new StringBuilder(), new StringBuilder());
        var code = (int)s_entry.Invoke(null, [arguments])!;
        return new CommandRun(code, output.ToString(), error.ToString());
    });

    /// <summary>Runs it on the data and the database of a node.</summary>
    internal static Task<CommandRun> RunOnAsync(ServiceSettings settings, params string[] arguments) =>
        RunAsync([.. arguments, "--data", settings.Data, "--database", settings.Database, "--key-file", settings.KeyPath]);

    /// <summary>Writes what a run of the command writes into that run's own text, and everything else on.</summary>
    private sealed class Diverted(TextWriter otherwise, AsyncLocal<StringBuilder?> own) : TextWriter
    {
        public override Encoding Encoding => otherwise.Encoding;

        public override void Write(char value)
        {
            if (own.Value is not { } text)
            {
                otherwise.Write(value);
                return;
            }

            lock (text)
            {
                text.Append(value);
            }
        }

        public override void Write(string? value)
        {
            if (own.Value is not { } text)
            {
                otherwise.Write(value);
                return;
            }

            lock (text)
            {
                text.Append(value);
            }
        }
    }
}
