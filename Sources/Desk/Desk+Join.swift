import Tickets

/// Requests that repeat one: three reminders are one ticket, not four.
///
/// A request is about the same matter as another when both are of one customer and one kind, and have the same subject,
/// whatever `Re:` is before it and in whatever case; without kind and subject, when they have the same text. It joins the
/// ticket as a message of its customer if that is open, and they wrote there lately.
extension Desk {
    /// The event that a request becomes which repeats another; nil for one that has a ticket of its own.
    func joining(_ submission: Submission, at now: Moment) -> Event? {
        #if PLANTED_BUGS
            if PlantedBug.isActive(.neverJoins) { return nil }
        #endif
        guard let number = joined(by: submission, at: now) else { return nil }
        // Refused when it is no message, or the conversation is full: then it has a ticket of its own, or is refused there.
        return try? followUp(number, submission.text)
    }

    /// The ticket that a request repeats; nil when there is none.
    func joined(by submission: Submission, at now: Moment) -> TicketNumber? {
        // A part of a ticket is none of the requests that repeat one; what follows a closed one may be.
        let isRequest = submission.origin.map { $0.cause == .follows } ?? true
        guard let span = configuration?.settings.joinWithinMilliseconds, isRequest,
            let number = customers?.open(about: Customers.matter(of: submission)),
            let wrote = customers?.members[number]?.wrote, now.milliseconds(since: wrote) <= span,
            dossiers[number]?.isSpam != true
        else { return nil }
        return number
    }
}

extension Exchange {
    /// Keeps what else came with a request that joined a ticket. What the ticket has no room for is left out, as of a
    /// new one.
    mutating func join(
        _ submission: Submission, _ number: TicketNumber, by session: Session, into turn: inout Turn
    ) {
        let fields = submission.fields.map { Amendment.field($0) }
        for amendment in fields + submission.tags.map({ .tag($0, isOn: true) }) {
            // Refused when the ticket was changed too often already.
            guard let event = try? desk.amend(number, nil, session.holder, amendment) else { continue }
            commit(event, author: session.author, stamp: nil, into: &turn)
        }
    }
}

extension Submission {
    /// What its customer wrote; of one without a text, what it is about.
    fileprivate var text: String { body.isBlank ? subject : body }

    /// What it says as a message of a ticket: a subject that is not an answer's is its customer's word, too, where there
    /// is room for it.
    func message(atMost most: Int) -> String {
        guard !subject.isBlank, !body.isBlank, !subject.hasReplyMark else { return text }
        let message = subject + "\n\n" + body
        return message.utf8.count <= most ? message : text
    }
}

extension Customers {
    /// A digest of whose request it is and what about; 0 stands for none.
    static func matter(of submission: Submission) -> UInt64 {
        let subject = submission.subject.withoutReplyMarks
        var hash = digest(submission.customer)
        func add(_ text: String, _ end: UInt8) {
            for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
            hash = (hash ^ UInt64(end)) &* 0x0000_0100_0000_01b3
        }
        add(submission.kind ?? "", 0xff)
        add(subject, 0xfe)
        if subject.isEmpty, submission.kind == nil { add(submission.body, 0xfd) }
        return max(hash, 1)
    }
}

extension String {
    private static let replyMarks = ["re:", "fw:", "fwd:", "aw:", "отв:"]

    fileprivate var hasReplyMark: Bool {
        let text = lowercased().drop(while: \.isWhitespace)
        return Self.replyMarks.contains { text.hasPrefix($0) }
    }

    /// A subject in small letters, without what mail programs put before it and without spaces at its ends.
    fileprivate var withoutReplyMarks: String {
        var text = lowercased()[...]
        while let first = text.first {
            if first.isWhitespace {
                text.removeFirst()
            } else if let mark = Self.replyMarks.first(where: { text.hasPrefix($0) }) {
                text.removeFirst(mark.count)
            } else {
                break
            }
        }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
