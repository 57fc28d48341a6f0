using System.Globalization;

namespace Sluice.Bench.Measure;

/// <summary>The command line said something a benchmark does not understand.</summary>
public sealed class ArgumentsException(string message) : Exception(message);

/// <summary><c>--name value</c> pairs, each asked for once; what nobody asked for is an error, so that a misspelt option is not ignored.</summary>
public sealed class Arguments
{
    private readonly Dictionary<string, string> values = [];

    public Arguments(string[] args)
    {
        for (var i = 0; i < args.Length; i += 2)
        {
            if (!args[i].StartsWith("--", StringComparison.Ordinal) || i + 1 == args.Length)
            {
                throw new ArgumentsException($"'{args[i]}' is not an option with a value; options are written --name value.");
            }
            if (!values.TryAdd(args[i][2..], args[i + 1])) throw new ArgumentsException($"{args[i]} is given twice.");
        }
    }

    public string? Text(string name) => values.Remove(name, out var value) ? value : null;

    public int Number(string name, int otherwise, int least = 1)
    {
        if (Text(name) is not { } text) return otherwise;
        return int.TryParse(text.Replace("_", "", StringComparison.Ordinal), NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least
            ? value
            : throw new ArgumentsException($"--{name} takes a whole number from {least}, not '{text}'.");
    }

    public void NoMore()
    {
        if (values.Count > 0) throw new ArgumentsException($"This benchmark has no option --{values.Keys.First()}.");
    }
}
