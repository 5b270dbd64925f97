using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging.Abstractions;
using Triggers.Engine.Definitions;
using Triggers.Web.Ingest;
using Triggers.Web.Quality;
using Triggers.Web.Tests.Support;

namespace Triggers.Web.Tests.Ingest;

/// <summary>What ingest allocates from the first byte of a request to its answer; the budget is a gate.</summary>
public sealed class AllocationTests
{
    private const int Requests = 200;

    [Theory]
    [InlineData(100, 15, false)]
    [InlineData(1, 1_200, false)]
    [InlineData(100, 15, true)]
    public async Task A_request_stays_within_its_budget_of_bytes_per_event(int events, long bytesPerEventMax, bool hasPlan)
    {
        var (definitions, time) = (new FakeDefinitions(), new TestTime());
        if (hasPlan)
        {
            definitions.Current = definitions.Current with
            {
                Plan = new TrackingPlan
                {
                    Unplanned = PlanAction.Reject,
                    Events = [new PlannedEvent("Product Viewed", "", PlanAction.Reject, true,
                    [
                        new PlannedProperty("product_id", "", PropertyType.String, true, [], "^p-[0-9]+$", null, null),
                        new PlannedProperty("price", "", PropertyType.Number, true, [], null, 0, 1_000),
                    ])],
                },
            };
        }

        var handler = new IngestHandler(new FakeIngest { IsBlind = true }, new WriteKeys(definitions), new PlanSource(definitions), new ViolationBoard(time), new EventQuality(time), time, NullLogger.Instance);
        var call = WireCall.ByPath["/v1/b"];
        var body = Encoding.UTF8.GetBytes(Batch(events));
        var requests = Enumerable.Range(0, Requests * 2).Select(_ => Request(body)).ToArray();
        foreach (var request in requests[..Requests])
        {
            await handler.HandleAsync(request, call);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var request in requests[Requests..])
        {
            var handling = handler.HandleAsync(request, call);
            Assert.True(handling.IsCompletedSuccessfully);
        }

        var perEvent = (GC.GetAllocatedBytesForCurrentThread() - before) / (Requests * events);
        Assert.All(requests, request => Assert.Equal(200, request.Response.StatusCode));
        Assert.True(perEvent <= bytesPerEventMax, $"{perEvent} bytes an event; {bytesPerEventMax} are allowed.");
    }

    private static string Batch(int events)
    {
        var each = Enumerable.Range(0, events).Select(number =>
            $$"""{"type":"track","event":"Product Viewed","userId":"user-{{number}}","anonymousId":"anonymous-{{number}}","messageId":"message-{{number}}","timestamp":"2026-03-01T11:59:{{number % 60:00}}.123Z","properties":{"product_id":"p-{{number}}","price":{{number}}.5},"context":{"library":{"name":"analytics.js","version":"2.1.0"} } }""");
        return $$"""{"writeKey":"shop-web-key","sentAt":"2026-03-01T12:00:00.000Z","batch":[{{string.Join(',', each)}}]}""";
    }

    private static DefaultHttpContext Request(byte[] body)
    {
        var http = new DefaultHttpContext { Request = { ContentLength = body.Length }, Response = { Body = Stream.Null } };
        http.Features.Set<IRequestBodyPipeFeature>(new MemoryBody(body));
        return http;
    }

    /// <summary>Hands the body out as the server does, without a copy of the test's own.</summary>
    private sealed class MemoryBody(byte[] body) : IRequestBodyPipeFeature
    {
        public System.IO.Pipelines.PipeReader Reader { get; } = System.IO.Pipelines.PipeReader.Create(new System.Buffers.ReadOnlySequence<byte>(body));
    }
}
