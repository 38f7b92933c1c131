using System.CommandLine;
using System.Globalization;
using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Protocol;
using Deskward.Protocol.Csp;

namespace Deskward.Policies;

/// <summary><c>deskward catalogue build|show|check</c>: the CSP catalogue, at the command line.</summary>
[Serves("platform.operation", DutyAction.Act)]
internal static class CatalogueVerb
{
    internal static Command Create() => new("catalogue", "The catalogue of settings that Windows' configuration service providers know.") { Build(), Show(), Check() };

    private static Command Build()
    {
        var folder = new Argument<DirectoryInfo>("FOLDER") { Description = "DDF v2 files as Microsoft publishes them" };
        var output = new Option<FileInfo>("--output") { Description = "The catalogue file to write", Required = true };
        var build = new Command("build", "Compiles DDF files into the catalogue: facts only, no descriptions.") { folder, output };
        build.SetAction(async (result, cancellationToken) =>
        {
            var source = result.GetRequiredValue(folder);
            if (!source.Exists || source.GetFiles("*.xml") is not { Length: > 0 } files)
            {
                return await Verb.RefuseAsync($"{source} holds no DDF file (*.xml).");
            }

            try
            {
                var compiled = CatalogueCompiler.Compile(files.OrderBy(file => file.Name, StringComparer.Ordinal).Select(file => new DdfFile(file.Name, File.ReadAllBytes(file.FullName))));
                await File.WriteAllBytesAsync(result.GetRequiredValue(output).FullName, compiled, cancellationToken);
                await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{files.Length} files, {compiled.Length} bytes"));
                return 0;
            }
            catch (ProtocolException exception)
            {
                return await Verb.RefuseAsync(exception.Message);
            }
        });
        return build;
    }

    private static Command Show()
    {
        var path = new Argument<string>("PATH") { Description = "A LocURI such as ./Device/Vendor/MSFT/Policy/Config/Defender/PUAProtection" };
        var show = new Command("show", "Tells what is known of a node.") { path };
        show.SetAction(async (result, _) =>
        {
            var asked = result.GetRequiredValue(path);
            if (Catalogue.Default.Find(asked) is { } node)
            {
                CatalogueDescription.Write(node, Console.Out);
                return 0;
            }

            return await Verb.RefuseAsync($"There is no node {asked}." + (Catalogue.Default.NearestTo(asked) is { } nearest ? $" The nearest is {nearest}." : ""));
        });
        return show;
    }

    private static Command Check()
    {
        var file = new Argument<FileInfo>("FILE.tsv") { Description = "Lines of name, path and value, separated by tabs" };
        var check = new Command("check", "Checks settings and says per line what is wrong; exit code 1 when one is refused.") { file };
        check.SetAction(async (result, _) =>
        {
            var source = result.GetRequiredValue(file);
            if (!source.Exists)
            {
                return await Verb.RefuseAsync($"{source} does not exist.");
            }

            using var reader = source.OpenText();
            var report = TsvCheck.Run(reader);
            report.Write(Console.Out);
            return report.Refused == 0 ? 0 : 1;
        });
        return check;
    }
}
