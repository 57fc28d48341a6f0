using Sluice.Bench.Measure;

namespace Sluice.Bench.OrderGen;

/// <summary>Writes a flow to a file, or checks that the standard flows come out as committed.</summary>
internal static class OrderGenCommand
{
    public static int Run(Arguments arguments, Report report)
    {
        if (arguments.Text("out") is not { } path)
        {
            arguments.NoMore();
            return Check(report);
        }
        var name = arguments.Text("profile") ?? Profile.Mixed1.Name;
        var profile = Profile.Find(name) ?? throw new ArgumentsException($"There is no profile '{name}'.");
        var prefill = arguments.Number("prefill", -1, least: 0);
        var flow = Generate(profile, (uint)arguments.Number("seed", 1, least: 0), arguments.Number("count", 3_000_000), prefill < 0 ? null : prefill, report);
        arguments.NoMore();
        using (var file = File.Create(path)) flow.Write(file);
        report.Line($"{path}: {Table.Count(flow.Records.Length)} commands, sha256 {flow.Sha256()}");
        report.Line($"expected: {flow.Expected}");
        return 0;
    }

    private static int Check(Report report)
    {
        var table = new Table("profile", "commands", "file sha256", "result");
        var right = true;
        foreach (var standard in StandardFlow.All)
        {
            var flow = Generate(Profile.Find(standard.Profile)!, standard.Seed, standard.Count, null, report);
            var same = flow.Sha256() == standard.FileSha256 && flow.Expected == standard.Result && flow.MaxOrderId == standard.MaxOrderId;
            right &= same;
            table.Row(standard.Profile, Table.Count(flow.Records.Length), flow.Sha256(), same ? "equal" : "DIFFERS");
        }
        table.Print(report.Result);
        report.End();
        return right ? 0 : 1;
    }

    private static OrderFlow Generate(Profile profile, uint seed, int count, int? prefill, Report report)
    {
        report.Doing($"{profile.Name}: generating {Table.Count(count)} commands");
        return Generator.Generate(profile, seed, count, prefill);
    }
}
