/// What works a ticket at a node.
///
/// One instance works all of a node's tickets, many at a time. When a claim is lost its task is cancelled: a
/// handler that goes on nevertheless keeps the node from ending, and its decision is dropped.
package protocol Handler: Sendable {
    /// A decision that takes no time, made on the node's socket thread; nil when it takes some.
    ///
    /// Only for handlers that compute: whatever waits here stops the node's signs of life.
    func decideAtOnce(_ assignment: Assignment) -> Decision?

    /// Works a ticket and decides.
    ///
    /// - Throws: Whatever went wrong; the ticket is released as a failed claim, with the error's description
    ///   as the reason. The description must not hold any text of the ticket. What is an ``OutageError`` is no fault of
    ///   the ticket, and counts as no failure.
    func work(_ assignment: Assignment) async throws -> Decision

    /// Why no work can be started now, as far as a look tells; nil when it can. Must take no time.
    ///
    /// Asked after work could not be started, until it can be.
    func obstacle() -> String?

    /// Whether somebody is asked whether they take what is offered; else it is accepted at once.
    var asksFirst: Bool { get }

    /// Asks whether somebody takes an offered ticket. Ends when they have decided; the offer may end before, and then the
    /// task is cancelled.
    ///
    /// - Returns: Nil when they take it, else why not.
    /// - Throws: Whatever went wrong, as ``work(_:)``.
    func ask(about assignment: Assignment) async throws -> String?
}

extension Handler {
    package func decideAtOnce(_ assignment: Assignment) -> Decision? { nil }
    package func obstacle() -> String? { nil }
    package var asksFirst: Bool { false }
    package func ask(about assignment: Assignment) async throws -> String? { nil }
}

/// An error that may say that work could not even be started, whatever the ticket: the node's fault.
package protocol OutageError: Error {
    var isOutage: Bool { get }
}
