/// What the desk says to a customer. Nothing makes one of a note.
package struct PublicText: Hashable, Sendable, ExpressibleByStringLiteral {
    package var text: String

    package init(_ text: String) {
        self.text = text
    }

    package init(stringLiteral text: String) {
        self.text = text
    }
}

/// What people at the desk say among themselves. A type of its own, so that it cannot be given to what writes to
/// customers: that takes ``PublicText``.
package struct NoteText: Hashable, Sendable, ExpressibleByStringLiteral {
    package var text: String

    package init(_ text: String) {
        self.text = text
    }

    package init(stringLiteral text: String) {
        self.text = text
    }
}

/// What one entry of a conversation says, by who may read it.
package enum EntryText: Hashable, Sendable {
    /// The customer's own words.
    case message(String)
    case reply(PublicText)
    case note(NoteText)

    package var kind: EntryKind {
        switch self {
        case .message: .message
        case .reply: .reply
        case .note: .note
        }
    }

    /// The words, for those who may read all of a conversation.
    package var text: String {
        switch self {
        case .message(let text): text
        case .reply(let reply): reply.text
        case .note(let note): note.text
        }
    }
}
