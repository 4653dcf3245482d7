package import Tickets

/// What a ticket was submitted with, as far as figures tell tickets apart by it. It never changes.
package struct TicketOrigin: Hashable, Sendable {
    package let channel: Name
    package let priority: Priority
    /// Nil when the request said none.
    package let kind: String?
    /// Of customers; nil for one that is in none.
    package let group: String?
    package let tags: [String]
    /// A digest of whose request it is and what about: equal for requests that repeat each other.
    package let topic: UInt64
    /// For how long it was expected to wait; nil when nobody said.
    package let expectedWaitMilliseconds: Int64?

    package init(
        channel: Name, priority: Priority, kind: String?, group: String? = nil, tags: [String],
        topic: UInt64, expectedWaitMilliseconds: Int64? = nil
    ) {
        self.channel = channel
        self.priority = priority
        self.kind = kind
        self.group = group
        self.tags = tags
        self.topic = topic
        self.expectedWaitMilliseconds = expectedWaitMilliseconds
    }

    package init(_ submission: Submission) {
        self.init(
            channel: submission.channel, priority: submission.priority, kind: submission.kind,
            group: submission.group, tags: submission.tags,
            topic: Self.topic(submission.customer, submission.kind, submission.subject),
            expectedWaitMilliseconds: submission.expectedWaitMilliseconds)
    }

    /// One customer's requests, whatever the case of the letters in their name, are about the same thing when they are of
    /// one kind, or, without a kind, when their subjects are the same byte for byte.
    package static func topic(_ customer: String, _ kind: String?, _ subject: String) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        add(customer, 0xff, to: &hash) { $0.withoutCase }
        add(kind ?? subject, kind == nil ? 1 : 2, to: &hash) { $0 }
        return hash
    }

    /// FNV-1a; `end` is a byte that text does not have, or says what the text was.
    private static func add(
        _ text: String, _ end: UInt8, to hash: inout UInt64, _ byte: (UInt8) -> UInt8
    ) {
        var text = text
        text.withUTF8 { bytes in
            for each in bytes { hash = (hash ^ UInt64(byte(each))) &* 0x0000_0100_0000_01b3 }
        }
        hash = (hash ^ UInt64(end)) &* 0x0000_0100_0000_01b3
    }
}
