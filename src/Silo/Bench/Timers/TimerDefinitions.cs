using System.Globalization;

namespace Triggers.Silo.Bench.Timers;

/// <summary>What <c>bench timers</c> adds to the bench's definitions: a segment that is left by time alone, a mail for it, and a mail behind a wait, all after the lead.</summary>
public static class TimerDefinitions
{
    public const string DueEvent = "Bench Due";
    public const string DueSegment = "bench-due";
    public const string WaitEvent = "Bench Wait";
    public const string WaitCampaign = "bench-wait";

    public static void Write(string folder, int leadSeconds)
    {
        BenchDefinitions.Write(folder);
        File.AppendAllText(Path.Combine(folder, "segments.yaml"), string.Create(CultureInfo.InvariantCulture, $"{DueSegment}: \"did('{DueEvent}', within {leadSeconds}s)\"\n"));
        Campaign(folder, "bench-exit", $"{{ leaves: {DueSegment} }}", "- send: { channel: email, template: note }");
        Campaign(folder, WaitCampaign, $"{{ event: {WaitEvent} }}", string.Create(CultureInfo.InvariantCulture, $"- wait: {leadSeconds}s\n  - send: {{ channel: email, template: note }}"));
    }

    private static void Campaign(string folder, string id, string trigger, string steps) => File.WriteAllText(
        Path.Combine(folder, "campaigns", id + ".yaml"), $"campaign: {id}\nstatus: live\ntrigger: {trigger}\nreentry: always\naudience: exists(traits.email)\nsteps:\n  {steps}\n");
}
