using System.Runtime.InteropServices;

namespace Sluice.Bench.Measure;

/// <summary>What a figure must be read with: the machine it was measured on.</summary>
public static class Machine
{
    public static string Describe()
    {
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1024.0 * 1024 * 1024);
        return FormattableString.Invariant($"{Processor()}, {Environment.ProcessorCount} cores, {memory:0.0} GiB, ")
            + $"{RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}{Load()}";
    }

    private static string Processor()
    {
        const string Info = "/proc/cpuinfo";
        if (!File.Exists(Info)) return RuntimeInformation.ProcessArchitecture.ToString();
        var facts = File.ReadLines(Info).TakeWhile(line => line.Length > 0).Select(line => line.Split(':', 2)).Where(parts => parts.Length == 2)
            .ToDictionary(parts => parts[0].Trim(), parts => parts[1].Trim());
        return facts.TryGetValue("model name", out var name) ? $"{name} (family {facts["cpu family"]}, model {facts["model"]})" : "unknown processor";
    }

    // Above the number of cores, others wanted the machine at the same time.
    private static string Load() =>
        File.Exists("/proc/loadavg") ? $", load average {File.ReadAllText("/proc/loadavg").Split(' ')[0]}" : "";
}
