using System.Reflection;
using System.Runtime.InteropServices;

namespace Sluice.Bench.Measure;

/// <summary>What a figure must be read with: the machine it was measured on.</summary>
public static class Machine
{
    public static string Describe()
    {
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1024.0 * 1024 * 1024);
        return FormattableString.Invariant($"{Processor()}, {Environment.ProcessorCount} cores, {memory:0.0} GiB, ")
            + $"{RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}";
    }

    private static string Processor()
    {
        const string Info = "/proc/cpuinfo";
        if (!File.Exists(Info)) return RuntimeInformation.ProcessArchitecture.ToString();
        var facts = File.ReadLines(Info).TakeWhile(line => line.Length > 0).Select(line => line.Split(':', 2)).Where(parts => parts.Length == 2)
            .ToDictionary(parts => parts[0].Trim(), parts => parts[1].Trim());
        return facts.TryGetValue("model name", out var name) ? $"{name} (family {facts["cpu family"]}, model {facts["model"]})" : "unknown processor";
    }

    /// <summary>Of the last minute. Above the number of cores, others wanted the machine at the same time.</summary>
    public static string LoadAverage => File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";

    /// <summary>The commit this program was built from, as the build wrote it down.</summary>
    public static string Commit =>
        typeof(Machine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+') is [_, var commit] ? commit : "unknown";
}
