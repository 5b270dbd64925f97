using System.Globalization;
using System.Text.Json;
using Triggers.Bench;

// The hot path, stage by stage: time and allocated bytes per event. --check compares the bytes with budgets.json and fails on more than a tenth
// over; --write saves what was measured as the new budgets. Times are shown and never checked: they belong to the machine.
var budgets = JsonSerializer.Deserialize<Dictionary<string, double>>(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "budgets.json")))!;
var check = args.Contains("--check");
var measured = new SortedDictionary<string, double>(StringComparer.Ordinal);
var failed = 0;
foreach (var stage in Stages.All)
{
    var result = await Measurement.OfAsync(stage);
    measured[stage.Name] = Math.Round(result.BytesPerOperation, 1);
    var allowed = budgets.GetValueOrDefault(stage.Name);
    var verdict = !check ? "" : result.BytesPerOperation <= (allowed * 1.1) + 1 ? "ok " : "FAILED ";
    failed += verdict == "FAILED " ? 1 : 0;
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{verdict}{stage.Name,-16} {result.NanosecondsPerOperation,10:N0} ns  {result.BytesPerOperation,8:N1} B allocated per event{(check ? $" (budget {allowed:N0})" : "")}"));
}

if (args is ["--write", var path])
{
    File.WriteAllText(path, JsonSerializer.Serialize(measured, Measurement.Json) + "\n");
}

return failed == 0 ? 0 : 1;
