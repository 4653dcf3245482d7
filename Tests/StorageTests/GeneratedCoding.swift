import Desk
import Foundation
import Promises
import Storage
import SwiftProtobuf
import Tickets

/// Records as log.proto's generated code writes and reads them: what ``RecordCoding`` must agree with.
enum GeneratedCoding {
    static func encode(_ records: [Record]) throws -> [UInt8] {
        var body = StoredBody()
        body.records = records.map(stored)
        return try body.serializedBytes()
    }

    private static func stored(_ record: Record) -> StoredRecord {
        .with {
            $0.atMs = record.at.milliseconds
            $0.author = .with {
                $0.role = UInt32(record.author.role.rawValue)
                $0.key = record.author.key.text
                $0.node = record.author.node?.text ?? ""
                $0.agent = record.author.agent?.text ?? ""
            }
            if let command = record.command {
                $0.hasCommand_p = true
                $0.commandHigh = command.id.high
                $0.commandLow = command.id.low
                $0.fingerprint = command.fingerprint
            }
            $0.event = stored(record.event)
        }
    }

    private static func stored(_ event: Event) -> StoredRecord.OneOf_Event {
        switch event {
        case .submitted(let number, let line, let submission):
            return .submitted(stored(number, line, submission))
        case .followedUp(let number, let entry, let body, let wakes):
            var stored = StoredFollowedUp()
            stored.ticket = number.rawValue
            stored.entry = entry
            stored.body = body
            stored.wakes = wakes
            return .followedUp(stored)
        case .claimed(let number, let token, let holder, let lease):
            var stored = StoredClaimed()
            stored.ticket = number.rawValue
            stored.token = token.rawValue
            stored.holder = self.stored(holder)
            stored.leaseMs = lease
            return .claimed(stored)
        case .noted(let number, let token, let entry, let text):
            var stored = StoredNoted()
            stored.ticket = number.rawValue
            stored.token = token?.rawValue ?? 0
            stored.entry = entry
            stored.text = text.text
            return .noted(stored)
        case .replied(let number, let token, let reply):
            var stored = StoredReplied()
            stored.ticket = number.rawValue
            stored.token = token.rawValue
            stored.reply = self.stored(reply)
            return .replied(stored)
        case .escalated(let number, let token, let line, let entry, let note, let budget):
            var stored = StoredEscalated()
            stored.ticket = number.rawValue
            stored.token = token.rawValue
            stored.toLine = line.text
            stored.entry = entry
            stored.note = note.text
            if let budget { stored.budgetMs = budget }
            return .escalated(stored)
        case .handedBack(let number, let token, let line, let entry, let note):
            var stored = StoredHandedBack()
            stored.ticket = number.rawValue
            stored.token = token.rawValue
            stored.toLine = line.text
            stored.entry = entry
            stored.note = note.text
            return .handedBack(stored)
        case .resolved(let number, let token, let reply):
            var stored = StoredResolved()
            stored.ticket = number.rawValue
            stored.token = token.rawValue
            if let reply { stored.reply = self.stored(reply) }
            return .resolved(stored)
        case .pended(let number, let token, let onHold, let until, let reason):
            var stored = StoredPended()
            stored.ticket = number.rawValue
            stored.token = token.rawValue
            stored.onHold = onHold
            if let until { stored.untilMs = until.milliseconds }
            stored.reason = reason
            return .pended(stored)
        case .woke(let number):
            var stored = StoredWoke()
            stored.ticket = number.rawValue
            return .woke(stored)
        case .overflowed(let number, let line, let reason):
            var stored = StoredOverflowed()
            stored.ticket = number.rawValue
            stored.toLine = line.text
            stored.reason = reason
            return .overflowed(stored)
        case .released(let number, let token, let cause, let reason, let failures, let parks):
            var stored = StoredReleased()
            stored.ticket = number.rawValue
            stored.token = token.rawValue
            stored.cause = UInt32(cause.rawValue)
            stored.reason = reason
            stored.failures = failures
            stored.parks = parks
            return .released(stored)
        case .closed(let numbers):
            var stored = StoredClosed()
            stored.tickets = numbers.map(\.rawValue)
            return .closed(stored)
        case .configured(let configuration):
            var stored = StoredConfigured()
            stored.version = configuration.version
            stored.settings = Data(SettingsCoding.encode(configuration.settings))
            stored.source = configuration.source
            stored.reason = configuration.reason
            return .configured(stored)
        case .amended(let number, let token, let amendment, let lacking):
            return .amended(self.stored(number, token, AmendmentFields(amendment), lacking))
        case .tookOver(let number, let token, let holder, let lease, let reason):
            var stored = StoredTookOver()
            stored.ticket = number.rawValue
            stored.token = token.rawValue
            stored.holder = self.stored(holder)
            stored.leaseMs = lease
            stored.reason = reason
            return .tookOver(stored)
        case .merged(let number, let token, let target):
            var stored = StoredMerged()
            stored.ticket = number.rawValue
            stored.token = token?.rawValue ?? 0
            stored.into = target.rawValue
            return .merged(stored)
        case .alerted(let number, let alert, let notice):
            return .alerted(
                .with {
                    ($0.ticket, $0.alert) = (number.rawValue, self.stored(alert))
                    if let notice { $0.notice = self.stored(notice) }
                })
        case .acknowledged(let number, let letter, let promised):
            return .acknowledged(
                .with {
                    ($0.ticket, $0.letter) = (number.rawValue, self.stored(letter))
                    if let promised { $0.promisedMs = promised }
                })
        case .improved(let improvement):
            return .improved(
                .with {
                    ($0.topic, $0.text, $0.outbox) =
                        (improvement.topic, improvement.text.text, improvement.outbox)
                    $0.tickets = improvement.letters.map(\.ticket.rawValue)
                    $0.entries = improvement.letters.map(\.entry)
                })
        }
    }

    private static func stored(
        _ number: TicketNumber, _ line: Name, _ submission: Submission
    ) -> StoredSubmitted {
        var stored = StoredSubmitted()
        stored.ticket = number.rawValue
        stored.line = line.text
        stored.channel = submission.channel.text
        stored.customer = submission.customer
        stored.subject = submission.subject
        stored.body = submission.body
        if let kind = submission.kind { stored.kind = kind }
        stored.priority = UInt32(submission.priority.rawValue)
        stored.tags = submission.tags
        stored.fields = submission.fields.map { self.stored($0) }
        if let ruling = submission.ruling {
            stored.rules = ruling.rules
            stored.sentPriority = UInt32(ruling.priority.rawValue)
            if let kind = ruling.kind { stored.sentKind = kind }
            stored.sentTags = UInt32(ruling.tagCount)
            stored.required = ruling.demands.required.map { self.stored($0) }
            stored.preferred = ruling.demands.preferred.map { self.stored($0) }
        }
        stored.others = submission.others
        if let familiar = submission.familiar { stored.familiar = familiar.text }
        if let wait = submission.expectedWaitMilliseconds { stored.expectedWaitMs = wait }
        if let group = submission.group { stored.group = group }
        if let origin = submission.origin {
            stored.origin = origin.ticket.rawValue
            stored.originCause = UInt32(origin.cause.rawValue)
        }
        return stored
    }

    private static func stored(
        _ number: TicketNumber, _ token: Token?, _ fields: AmendmentFields, _ lacking: [String]
    ) -> StoredAmended {
        .with {
            ($0.ticket, $0.token) = (number.rawValue, token?.rawValue ?? 0)
            $0.subject = UInt32(fields.subject.rawValue)
            ($0.name, $0.text, $0.number, $0.off) = (fields.name, fields.text, fields.number, fields.isOff)
            ($0.values, $0.lacking) = (fields.values, lacking)
        }
    }

    private static func stored(_ alert: PromiseAlert) -> StoredAlert {
        .with {
            switch alert.clock.kind {
            case .firstResponse: $0.clock = 1
            case .nextResponse: $0.clock = 2
            case .resolution: $0.clock = 3
            case .line(let line): ($0.clock, $0.line) = (4, line.text)
            }
            ($0.ordinal, $0.rule) = (alert.clock.ordinal, alert.rule)
            ($0.dueMs, $0.warningMs) = (alert.due.milliseconds, alert.warning ?? 0)
        }
    }

    private static func stored(_ field: Field) -> StoredField {
        var stored = StoredField()
        stored.name = field.name
        stored.value = field.value
        return stored
    }

    private static func stored(_ skill: Skill) -> StoredSkill {
        var stored = StoredSkill()
        (stored.name, stored.level) = (skill.name.text, UInt32(skill.level))
        return stored
    }

    private static func stored(_ reply: Reply) -> StoredReply {
        var stored = StoredReply()
        stored.entry = reply.entry
        stored.outbox = reply.outbox
        stored.text = reply.text.text
        return stored
    }

    private static func stored(_ holder: Holder) -> StoredHolder {
        .with {
            $0.node = holder.node.text
            $0.incarnation = holder.incarnation
            $0.agent = holder.agent?.text ?? ""
        }
    }
}
