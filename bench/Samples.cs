using System.Globalization;
using System.Text;
using Triggers.Engine.Definitions;
using Triggers.Engine.Programs;
using Triggers.Engine.Records;
using Triggers.Silo.Bench;

namespace Triggers.Bench;

/// <summary>What every stage works on: the load and the definitions of `triggers bench ingest`, in small.</summary>
internal static class Samples
{
    public const int Events = 1_000;
    public const int Customers = 250;

    public static readonly long Now = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    /// <summary>The body of a request of 100 events.</summary>
    public static byte[] Request()
    {
        var events = Enumerable.Range(0, 100).Select(number => string.Create(CultureInfo.InvariantCulture,
            $$$"""{"type":"track","event":"Product Viewed","messageId":"bench-{{{number:0000000}}}","userId":"c-{{{number % Customers:0000000}}}","timestamp":"2026-03-01T11:59:59.000Z","properties":{"product_id":"p-{{{number}}}","name":"Product {{{number}}}","category":"garden","price":{{{number}}}.5,"currency":"USD"}}"""));
        return Encoding.UTF8.GetBytes($$"""{"batch":[{{string.Join(',', events)}}],"sentAt":"2026-03-01T12:00:00.000Z"}""");
    }

    /// <summary>Encoded events over all customers; their messageIds differ from call to call.</summary>
    public static RecordBatch Records(ref long nextId)
    {
        var batch = new RecordBatch(Events * 256);
        for (var i = 0; i < Events; i++)
        {
            var name = (i % 20) switch { < 12 => "Product Viewed", < 15 => "Product Added", < 19 => "Checkout Started", _ => "Order Completed" };
            batch.AddTrack(
                CustomerKey.User(string.Create(CultureInfo.InvariantCulture, $"c-{i % Customers:0000000}")), name, Now, string.Create(CultureInfo.InvariantCulture, $"bench-{nextId++:0000000000}"),
                string.Create(CultureInfo.InvariantCulture, $$"""{"product_id":"p-{{i}}","category":"garden","price":{{i % 120}}.5,"total":{{i % 120}}.5,"currency":"USD"}"""));
        }

        return batch;
    }

    public static Triggers.Engine.Programs.Program Program()
    {
        var folder = Directory.CreateTempSubdirectory("triggers-bench-").FullName;
        try
        {
            BenchDefinitions.Write(folder);
            var definitions = DefinitionFolder.Load(folder);
            return definitions.Definitions is { } valid
                ? Triggers.Engine.Programs.Program.Compile([new ProgramVersion(1, valid, Now - 1)])
                : throw new InvalidDataException(string.Join('\n', definitions.Errors));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
