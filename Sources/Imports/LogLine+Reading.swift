package import Desk
import Foundation
import Promises
import Tickets

extension LogLine {
    /// The event that the line is of.
    ///
    /// - Throws: The first of what is wrong with it.
    package func record() throws(LogLineFlaw) -> Record {
        Record(
            position: Position(position), at: Moment(milliseconds: atMs), author: try readAuthor(),
            command: try command.map { stamp throws(LogLineFlaw) in try stamp.read() }, event: try readEvent()
        )
    }

    private func readAuthor() throws(LogLineFlaw) -> Author {
        guard let role = Role(word: author.role) else {
            throw LogLineFlaw("`author.role`: there is no role `\(author.role)`")
        }
        return Author(
            role: role, key: try Self.name(author.key, "author.key"),
            node: try Self.name(optional: author.node, "author.node"),
            agent: try Self.name(optional: author.agent, "author.agent"))
    }

    private func readEvent() throws(LogLineFlaw) -> Event {
        switch event {
        case "submitted": .submitted(try number(), line: try lineName(), try submission())
        case "followed-up":
            .followedUp(
                try number(), entry: try need(message, "message").entry,
                body: try need(message, "message").text,
                wakes: try need(wakes, "wakes"))
        case "claimed":
            .claimed(
                try number(), try claim(), try readHolder(), leaseMilliseconds: try need(leaseMs, "leaseMs"))
        case "noted":
            .noted(
                try number(), token.map { Token($0) }, entry: try need(note, "note").entry,
                text: try noteText())
        case "replied": .replied(try number(), try claim(), try need(reply, "reply").reply())
        case "escalated":
            .escalated(
                try number(), try claim(), to: try lineName(), entry: try need(note, "note").entry,
                note: try noteText(), budget: budgetMs)
        case "handed-back":
            .handedBack(
                try number(), try claim(), to: try lineName(), entry: try need(note, "note").entry,
                note: try noteText())
        case "resolved": .resolved(try number(), try claim(), try reply?.reply())
        case "pended":
            .pended(
                try number(), try claim(), onHold: try need(onHold, "onHold"),
                until: untilMs.map { Moment(milliseconds: $0) }, reason: try need(reason, "reason"))
        case "woke": .woke(try number())
        case "overflowed": .overflowed(try number(), to: try lineName(), reason: reason ?? "")
        case "released": try released()
        case "closed": .closed(try need(tickets, "tickets").map { TicketNumber($0) })
        case "configured": .configured(try configuration())
        case "amended":
            .amended(
                try number(), token.map { Token($0) }, try need(set, "set").amendment(),
                lacking: lacking ?? [])
        case "taken-over":
            .tookOver(
                try number(), try claim(), try readHolder(), leaseMilliseconds: try need(leaseMs, "leaseMs"),
                reason: try need(reason, "reason"))
        case "merged":
            .merged(
                try number(), token.map { Token($0) }, into: TicketNumber(try need(into, "into")))
        case "alerted": .alerted(try number(), try need(alert, "alert").read(), notice: try reply?.reply())
        case "acknowledged":
            .acknowledged(try number(), try need(reply, "reply").reply(), promised: promisedMs)
        case "improved": .improved(try need(improvement, "improvement").read())
        default: throw LogLineFlaw("`event`: there is no event `\(event)`")
        }
    }

    private func released() throws(LogLineFlaw) -> Event {
        let word = try need(cause, "cause")
        guard let cause = ReleaseCause.allCases.first(where: { $0.word == word }) else {
            throw LogLineFlaw("`cause`: there is no cause `\(word)`")
        }
        return .released(
            try number(), try claim(), cause, reason: try need(reason, "reason"),
            failures: try need(failures, "failures"), parks: try need(parks, "parks"))
    }

    private func configuration() throws(LogLineFlaw) -> Configuration {
        guard let bytes = Data(base64Encoded: try need(settings, "settings")) else {
            throw LogLineFlaw("`settings` is no base 64")
        }
        let decoded: DeskSettings
        do {
            decoded = try SettingsCoding.decode(Array(bytes))
        } catch {
            throw LogLineFlaw("`settings`: they are no settings of a desk")
        }
        return Configuration(
            version: try need(version, "version"), settings: decoded, source: try need(source, "source"),
            reason: try need(reason, "reason"))
    }

    private func submission() throws(LogLineFlaw) -> Submission {
        let message = try need(message, "message")
        guard message.entry == 1 else { throw LogLineFlaw("`message.entry`: the first message is entry 1") }
        var submission = Submission(
            channel: try Self.name(try need(channel, "channel"), "channel"),
            customer: try need(customer, "customer"), subject: try need(subject, "subject"),
            body: message.text, kind: kind,
            priority: try Self.priority(try need(priority, "priority"), "priority"),
            tags: tags ?? [], fields: (fields ?? []).map { Field(name: $0.name, value: $0.value) },
            origin: try origin.map { origin throws(LogLineFlaw) in try origin.read() })
        submission.ruling = try rules.map { rules throws(LogLineFlaw) in try rules.read() }
        submission.others = others ?? 0
        submission.group = group
        submission.familiar = try Self.name(optional: familiar, "familiar")
        submission.expectedWaitMilliseconds = expectedWaitMs
        return submission
    }

    // MARK: - Parts

    private func number() throws(LogLineFlaw) -> TicketNumber { TicketNumber(try need(ticket, "ticket")) }

    private func claim() throws(LogLineFlaw) -> Token { Token(try need(token, "token")) }

    private func lineName() throws(LogLineFlaw) -> Name { try Self.name(try need(line, "line"), "line") }

    private func noteText() throws(LogLineFlaw) -> NoteText { NoteText(try need(note, "note").text) }

    private func readHolder() throws(LogLineFlaw) -> Tickets.Holder {
        let holder = try need(holder, "holder")
        return Tickets.Holder(
            node: try Self.name(holder.node, "holder.node"), incarnation: holder.incarnation,
            agent: try Self.name(optional: holder.agent, "holder.agent"))
    }

    private func need<Value>(_ value: Value?, _ key: String) throws(LogLineFlaw) -> Value {
        guard let value else { throw LogLineFlaw("`\(key)` is missing: an event `\(event)` has it") }
        return value
    }

    fileprivate static func name(_ text: String, _ key: String) throws(LogLineFlaw) -> Name {
        guard let name = Name(text) else {
            throw LogLineFlaw(
                "`\(key)` is no name: it has 1 to \(Name.bytesMax) letters, digits, or any of . _ @ -")
        }
        return name
    }

    fileprivate static func name(optional text: String?, _ key: String) throws(LogLineFlaw) -> Name? {
        guard let text else { return nil }
        return try name(text, key)
    }

    fileprivate static func priority(_ word: String, _ key: String) throws(LogLineFlaw) -> Priority {
        if let priority = Priority(word: word) { return priority }
        throw LogLineFlaw("`\(key)`: there is no priority `\(word)`")
    }
}

extension LogLine.Stamp {
    fileprivate func read() throws(LogLineFlaw) -> CommandStamp {
        let digits = Array(id.utf8)
        guard digits.count == 32,
            let high = UInt64(String(decoding: digits[..<16], as: UTF8.self), radix: 16),
            let low = UInt64(String(decoding: digits[16...], as: UTF8.self), radix: 16)
        else { throw LogLineFlaw("`command.id` is no id of 32 hexadecimal digits") }
        guard fingerprint.utf8.count == 16, let value = UInt64(fingerprint, radix: 16) else {
            throw LogLineFlaw("`command.fingerprint` has not 16 hexadecimal digits")
        }
        return CommandStamp(id: CommandID(high: high, low: low), fingerprint: value)
    }
}

extension LogLine.Text {
    fileprivate func reply() throws(LogLineFlaw) -> Reply {
        guard let outbox else { throw LogLineFlaw("`reply.outbox` is missing: every reply has it") }
        return Reply(entry: entry, outbox: outbox, text: PublicText(text))
    }
}

extension LogLine.Telling {
    fileprivate func read() throws(LogLineFlaw) -> Improvement {
        guard !letters.isEmpty else { throw LogLineFlaw("`improvement.letters` is empty: somebody is told") }
        return Improvement(
            topic: topic, text: PublicText(text), outbox: outbox,
            letters: letters.map { .init(ticket: TicketNumber($0.ticket), entry: $0.entry) })
    }
}

extension LogLine.Origin {
    fileprivate func read() throws(LogLineFlaw) -> Tickets.Origin {
        guard let cause = Tickets.Origin.Cause.allCases.first(where: { $0.word == cause }) else {
            throw LogLineFlaw("`origin.cause`: there is no cause `\(cause)`")
        }
        return Tickets.Origin(ticket: TicketNumber(ticket), cause: cause)
    }
}

extension LogLine.Rules {
    fileprivate func read() throws(LogLineFlaw) -> Ruling {
        guard !fired.isEmpty else { throw LogLineFlaw("`rules.fired` is empty: leave `rules` out") }
        func skills(_ skills: [Skill]?, _ key: String) throws(LogLineFlaw) -> [Tickets.Skill] {
            var read: [Tickets.Skill] = []
            for skill in skills ?? [] {
                read.append(
                    Tickets.Skill(try LogLine.name(skill.name, "rules.\(key).name"), Int(skill.level)))
            }
            return read
        }
        return Ruling(
            rules: fired, priority: try LogLine.priority(sentPriority, "rules.sentPriority"), kind: sentKind,
            tagCount: Int(sentTags),
            demands: Demands(
                required: try skills(required, "required"), preferred: try skills(preferred, "preferred")))
    }
}

extension LogLine.Setting {
    fileprivate func amendment() throws(LogLineFlaw) -> Amendment {
        guard let subject = AmendmentFields.Subject.allCases.first(where: { $0.word == what }) else {
            throw LogLineFlaw("`set.what`: `\(what)` cannot be set")
        }
        var fields = AmendmentFields(subject)
        (fields.name, fields.text, fields.number) = (name ?? "", text ?? "", number ?? 0)
        (fields.isOff, fields.values) = (off ?? false, values ?? [])
        guard let amendment = fields.amendment else {
            throw LogLineFlaw("`set`: this says no \(what) that a ticket can have")
        }
        return amendment
    }
}

extension LogLine.Alert {
    fileprivate func read() throws(LogLineFlaw) -> PromiseAlert {
        PromiseAlert(
            ClockID(try kind(), ordinal), rule: rule, due: Moment(milliseconds: dueMs), warning: warningMs)
    }

    private func kind() throws(LogLineFlaw) -> ClockKind {
        let simple: [ClockKind] = [.firstResponse, .nextResponse, .resolution]
        if let kind = simple.first(where: { $0.word == clock }) { return kind }
        guard clock.utf8.starts(with: "line:".utf8) else {
            throw LogLineFlaw("`alert.clock`: there is no clock `\(clock)`")
        }
        return .line(try LogLine.name(String(clock.dropFirst(5)), "alert.clock"))
    }
}
