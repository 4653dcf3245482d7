package import Tickets

/// Something that a history says happened, to be done again through the desk's rules.
package struct Step: Sendable {
    package enum Deed: Sendable {
        /// The customer's request.
        case submit(Submission)
        /// The customer writes again.
        case followUp(String)
        /// Somebody takes the ticket, answers, and puts it back.
        case reply(by: Name, String)
        /// Somebody takes the ticket and gives it to another line: to the next one, or back to where it came from.
        case move(by: Name, note: String)
        /// Somebody takes the ticket and solves it, with an answer or without.
        case solve(by: Name, String?)
    }

    package var at: Moment
    /// Which ticket of the history, from 0 on.
    package var subject: Int
    package var deed: Deed

    package init(_ subject: Int, at: Moment, _ deed: Deed) {
        self.subject = subject
        self.at = at
        self.deed = deed
    }
}

/// What a file came to.
package struct ImportPlan: Sendable {
    /// In order of time; those of one moment in the order of the file.
    package var steps: [Step]
    /// What could not be taken as it stands, by what was done about it, with how often.
    package var mapped: [Mapping]

    package struct Mapping: Hashable, Sendable {
        package var what: String
        package var count: Int
    }

    init(_ steps: [Step], mapped: [String: Int]) {
        // Stable: the steps of a ticket are in order already.
        self.steps = steps.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }
            .map(\.element)
        self.mapped = mapped.filter { $0.value > 0 }.sorted { $0.key < $1.key }.map {
            Mapping(what: $0.key, count: $0.value)
        }
    }
}

/// A row that cannot be read.
package struct ImportFlaw: Error, Hashable, Sendable, CustomStringConvertible {
    /// Of the file; the heading is line 1.
    package var line: Int
    package var reason: String

    package var description: String { "line \(line): \(reason)" }
}
