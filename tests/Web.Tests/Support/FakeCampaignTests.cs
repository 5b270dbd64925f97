using Triggers.Runtime.CampaignTests;

namespace Triggers.Web.Tests.Support;

/// <summary>Answers with an empty report; the customer's name is the refusal that is wanted.</summary>
public sealed class FakeCampaignTests : ICampaignTests
{
    public List<TestRequest> Asked { get; } = [];

    public Task<TestAnswer> RunAsync(TestRequest request, CancellationToken cancellation)
    {
        Asked.Add(request);
        return Task.FromResult(Enum.TryParse<TestRefusal>(request.Customer, out var refusal)
            ? TestAnswer.Refused(refusal, $"It is {refusal}.")
            : new TestAnswer(new TestReport(request.Campaign, "draft", "ann", false, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, "completed", "Entered.", false, null, [], []), TestRefusal.None, ""));
    }
}
