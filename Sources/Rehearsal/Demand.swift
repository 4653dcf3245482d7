package import Tickets

/// Who writes to the desk, and when.
package struct Demand: Sendable {
    /// Requests a day, from Monday on.
    package var requests: [Int]
    /// How requests of a day are spread over its 24 hours, as weights.
    package var hours: [Int]
    /// What they say, in turn and from the beginning again; customers and channels are theirs.
    package var texts: [Submission]
    /// Channels on which customers wait for a word at once.
    package var chats: [Name]
    /// Of a thousand customers, those who write again before they have an answer.
    package var reminding: Int
    /// Of a thousand customers with a solution, those whom it did not help.
    package var returning: Int

    package init(
        requests: [Int], hours: [Int], texts: [Submission], chats: [Name] = [], reminding: Int = 0,
        returning: Int = 0
    ) {
        self.requests = requests
        self.hours = hours
        self.texts = texts
        self.chats = chats
        self.reminding = reminding
        self.returning = returning
    }
}
