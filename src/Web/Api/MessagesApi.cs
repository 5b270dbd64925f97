using Microsoft.AspNetCore.Http.HttpResults;
using Triggers.Engine.Records;
using Triggers.Runtime.Queries;
using Triggers.Storage;

namespace Triggers.Web.Api;

/// <summary>Messages decided, dead letters, and the local mailbox.</summary>
internal static class MessagesApi
{
    public static void MapMessages(this RouteGroupBuilder api, Backend backend)
    {
        var messages = api.MapGroup("/messages").WithTags("Messages");
        messages.MapGet("", (string? customer, string? campaign, string? status, string? before, int? limit, CancellationToken cancellation) =>
            ListAsync(backend, customer, campaign, status, before, limit, cancellation))
            .WithSummary("Messages")
            .WithDescription("Every message ever decided, newest first. 'customer' is an id or a key; 'status' is queued, sent, skipped or failed; 'before' is the 'next' of the page before.")
            .ProducesProblem(StatusCodes.Status400BadRequest);

        var dead = api.MapGroup("/dead-letters").WithTags("Messages");
        dead.MapGet("", (string? before, int? limit, CancellationToken cancellation) => ListAsync(backend, null, null, "failed", before, limit, cancellation))
            .WithSummary("Dead letters")
            .WithDescription("Messages that failed for good, with what the other side said, newest first.")
            .ProducesProblem(StatusCodes.Status400BadRequest);

        dead.MapPost("/{messageId}/resend", async Task<Results<NoContent, ProblemHttpResult>> (string messageId, CancellationToken cancellation) =>
            await backend.Commands.ResendAsync(messageId, cancellation) ? TypedResults.NoContent() : Problems.NotFound($"There is no dead letter '{messageId}'."))
            .WithSummary("Send a dead letter again")
            .WithDescription("It keeps its message id, so that a receiver can recognise it. Where nothing may go out any more (unsubscribed or suppressed since, or the campaign is not live) it is skipped, with the reason.")
            .ProducesProblem(StatusCodes.Status404NotFound);

        var mailbox = api.MapGroup("/mailbox").WithTags("Mailbox");
        mailbox.MapGet("", Results<Ok<ItemList<MailSummary>>, ProblemHttpResult> (string? before, int? limit) =>
        {
            if (Paging.ReadLimit(limit, out var size) is { } badLimit)
            {
                return badLimit;
            }

            if (Paging.ReadBefore(before, out var sequence) is { } badBefore)
            {
                return badBefore;
            }

            var (items, next) = Paging.Cut(backend.Store.Mailbox.List(sequence, size + 1), size, item => Paging.Text(item.Sequence));
            return TypedResults.Ok(new ItemList<MailSummary>([.. items.Select(ViewsOfRows.SummaryOf)], next));
        })
            .WithSummary("The local mailbox")
            .WithDescription("Mail that was kept for reading because no SMTP host is set (or it is a demo), newest first.")
            .ProducesProblem(StatusCodes.Status400BadRequest);

        mailbox.MapGet("/{messageId}", Results<Ok<MailView>, ProblemHttpResult> (string messageId) =>
            backend.Store.Mailbox.Find(messageId) is { } item ? TypedResults.Ok(ViewsOfRows.Of(item)) : Problems.NotFound($"There is no mail '{messageId}' in the local mailbox."))
            .WithSummary("One mail of the local mailbox")
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<Results<Ok<ItemList<MessageView>>, ProblemHttpResult>> ListAsync(
        Backend backend, string? customer, string? campaign, string? status, string? before, int? limit, CancellationToken cancellation)
    {
        if (Paging.ReadLimit(limit, out var size) is { } badLimit)
        {
            return badLimit;
        }

        if (Paging.ReadBefore(before, out var sequence) is { } badBefore)
        {
            return badBefore;
        }

        MessageStatus? wanted = null;
        if (!string.IsNullOrEmpty(status))
        {
            if (!ViewsOfRows.TryReadStatus(status, out var read))
            {
                return Problems.BadRequest($"'status' must be queued, sent, skipped or failed; it is '{status}'.");
            }

            wanted = read;
        }

        var key = string.IsNullOrEmpty(customer) ? null : await KeyOfAsync(backend, customer, cancellation);
        var found = backend.Store.Messages.List(key, string.IsNullOrEmpty(campaign) ? null : campaign, wanted, sequence, size + 1);
        var (rows, next) = Paging.Cut(found, size, row => Paging.Text(row.Sequence));
        return TypedResults.Ok(new ItemList<MessageView>([.. rows.Select(ViewsOfRows.Of)], next));
    }

    private static async Task<string> KeyOfAsync(Backend backend, string customer, CancellationToken cancellation)
        => (await backend.Queries.CustomerAsync(customer, cancellation))?.Key
            ?? (customer.StartsWith("u:", StringComparison.Ordinal) || customer.StartsWith("a:", StringComparison.Ordinal) ? customer : CustomerKey.User(customer).Text);
}
