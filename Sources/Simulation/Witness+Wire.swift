import Desk
import Node
import Storage
import Tickets

/// What leaves the broker and what its peers are told, compared with the log.
extension Witness {
    /// D4: nothing leaves before the commit that holds it.
    mutating func seeLeaving(_ directive: Directive) {
        switch directive {
        case .answer(_, let id, let answer):
            findings.expect(
                .d4, answer.position <= position,
                "the answer to \(id.low) tells of event \(answer.position), on disk is \(position)")
        case .grant(_, let grant):
            let isDurable = findings.expect(
                .d4, grant.position <= position,
                "a grant tells of event \(grant.position), on disk is \(position)")
            guard isDurable else { return }
            findings.expect(
                .c1, grant.ticket.token <= cases[Int(grant.ticket.number.rawValue) - 1].token,
                "a grant of \(grant.ticket.number) has a token that was never given")
        case .welcome, .refuse, .revoke, .pong, .unknownSession, .dismiss: break
        }
    }

    /// The broker has decided something; it leaves later, or never when the broker ends before.
    mutating func seeDeciding(_ directive: Directive) {
        guard case .refuse(_, let id, let refusal) = directive, refusal.code.isRetryable else { return }
        withFate(id) { $0.isPutOff = true }
    }

    /// I2, I4: the broker has decided the commands of a frame, each once; and those refused that were sent before
    /// under the same id with other content.
    ///
    /// Judged here, because their sender cannot tell an answer to the first content from one to the second: a copy of
    /// the first may have been on its way still.
    mutating func seeDeciding(_ commands: [Command], _ directives: ArraySlice<Directive>) {
        // Nothing of the frame was looked at; its sender says hello and sends it again.
        if case .unknownSession? = directives.first { return }
        // Who loses a ticket is told beside the answers.
        let directives = directives.filter { if case .revoke = $0 { false } else { true } }
        let (got, sent) = (directives.count, commands.count)
        findings.expect(.i4, got == sent, "\(sent) commands of a frame have \(got) answers")
        for (command, directive) in zip(commands, directives) {
            guard case .submit(let submission) = command.action, submission.subject == Text.changed
            else { continue }
            let isRefused = if case .refuse = directive { true } else { false }
            findings.expect(
                .i2, isRefused, "\(command.id.low) was carried out though its id was used before")
        }
    }

    /// A peer got the answer to a command.
    mutating func seeAnswer(_ id: CommandID, _ answer: Answer) {
        let fate = fate(id)
        findings.expect(.i4, fate != nil, "an answer to a command that nobody sent")
        guard let fate else { return }
        // A claim of what is held already has an answer and causes nothing.
        guard fate.position > 0 else { return seeClaimAgain(answer) }
        findings.expect(
            .i1, answer.position.rawValue == fate.position && answer.ticket.rawValue == fate.ticket,
            "command \(id.low) of \(id.high) is answered with event \(answer.position), it was \(fate.position)"
        )
        // 0 where the event is of no ticket: settings.
        findings.expect(.d1, fate.ticket <= UInt64(cases.count), "\(fate.ticket) is lost")
        if fate.isAnswered { markers.reach(.commandAnsweredFromTheBook) }
        withFate(id) { $0.isAnswered = true }
    }

    private mutating func seeClaimAgain(_ answer: Answer) {
        let isThere = answer.ticket.rawValue > 0 && answer.ticket.rawValue <= UInt64(cases.count)
        findings.expect(
            .d1, isThere && answer.token <= cases[Int(answer.ticket.rawValue) - 1].token,
            "an answer about ticket \(answer.ticket) that no event stands behind")
    }

    /// A peer was refused, and will not ask again.
    mutating func seeRefusal(_ id: CommandID, _ refusal: Refusal) {
        switch refusal.code {
        case .conflictingCommand:
            markers.reach(.conflictRefused)
            return
        case .staleToken: markers.reach(.staleCommandRefused)
        case .newerMessage: markers.reach(.newerMessageRefused)
        case .conversationFull: markers.reach(.conversationFull)
        case .checklistOpen: markers.reach(.checklistOpen)
        default: break
        }
        let fate = fate(id)
        findings.expect(.i4, fate != nil, "a refusal of a command that nobody sent")
        guard let fate else { return }
        findings.expect(
            .d3, refusal.code.isRetryable || fate.position == 0,
            "command \(id.low) of \(id.high) was refused (\(refusal.code.word)), but is event \(fate.position)"
        )
        // One that may be tried again says nothing about a copy that is still on its way.
        if !refusal.code.isRetryable { withFate(id) { $0.isRefused = true } }
    }

    /// A node got a ticket.
    mutating func seeGrant(_ assignment: Assignment) {
        let number = assignment.number
        guard number.rawValue > 0, number.rawValue <= UInt64(cases.count) else {
            return _ = findings.expect(.d2, false, "a grant of \(number), which is not there")
        }
        let index = Int(number.rawValue) - 1
        findings.expect(.c2, assignment.token <= cases[index].token, "a grant of \(number) from the future")
        findings.expect(.i6, !assignment.entries.isEmpty, "a grant of \(number) without its request")
        // The conversation may have gone on since the grant left.
        guard assignment.entries.count == Int(cases[index].entries) else { return }
        var conversation = Trace()
        for entry in assignment.entries {
            conversation.add(UInt64(entry.number) << 8 | UInt64(entry.kind.rawValue))
            conversation.add(entry.text)
        }
        findings.expect(
            .d2, conversation.digest == cases[index].conversation.digest,
            "the conversation of \(number) in a grant is not what was said")
    }

    /// P1: no byte of a note is in what a customer's channel gets.
    mutating func seeBytesToCustomer(_ bytes: [UInt8]) {
        findings.expect(.p1, !Self.hasCanary(bytes), "a note is in a frame to a customer")
    }

    private static let canary = Array(Text.canary.utf8)

    private static func hasCanary(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { bytes in
            guard bytes.count >= canary.count else { return false }
            let first = canary[0]
            for start in 0...(bytes.count - canary.count) where bytes[start] == first {
                if bytes[start..<start + canary.count].elementsEqual(canary) { return true }
            }
            return false
        }
    }
}

/// What the broker does with its floor.
extension Witness {
    /// C7, C8, C9: a node gets a ticket, at the end of a turn.
    mutating func seeGranting(
        _ number: TicketNumber, _ token: Token, _ holder: Holder, _ exchange: Exchange
    ) {
        guard holder.incarnation != 0 else { return }
        guard let node = exchange.presence(named: holder.node) else {
            return _ = findings.expect(.c8, false, "\(number) is granted to \(holder.node), who is not here")
        }
        let held = sixteenthsHeld(by: holder.node, exchange)
        findings.expect(
            .c7, held <= 16 * node.seats, "\(holder.node) holds \(held)/16, it has \(node.seats) seats")
        if settings.seatCosts != nil, held > 0, held % 16 == 0 { markers.reach(.seatsFilledToTheLast) }
        findings.expect(
            .c9, holder.incarnation == node.incarnation, "\(number) is granted to an old run of \(node.name)")
        var (line, owner) = (Name?.none, Name?.none)
        exchange.desk.look(at: number) { (line, owner) = ($0.line, $0.frames.isEmpty ? $0.owner : nil) }
        seeKeeper(number, token, owner, holder, exchange)
        findings.expect(.c8, line == node.line, "\(number) is granted to \(node.name), on another line")
    }

    /// The broker stood still; that much time is given to everybody.
    mutating func seeStall(milliseconds: Int64, at moment: Moment) {
        stalls.append((moment, milliseconds))
    }

    /// Milliseconds for which the broker stood still from one moment to another.
    func stalled(from start: Moment, to end: Moment) -> Int64 {
        var sum: Int64 = 0
        for stall in stalls.reversed() {
            guard stall.at > start else { break }
            if stall.at <= end { sum += stall.milliseconds }
        }
        return sum
    }
}

/// Signs of life, by which the witness knows until when a claim must be kept.
extension Witness {
    /// The broker read a ping that names these.
    mutating func seeRenewal(_ held: [Held], _ now: Moment, _ exchange: Exchange) {
        // Not what the desk has ended already, in a turn that is not on disk yet.
        for claim in held where exchange.desk.claim(of: claim.ticket)?.token == claim.token {
            if exchange.desk.claim(of: claim.ticket)?.offerMilliseconds != nil { continue }
            renew(claim.ticket, claim.token, now)
        }
    }

    /// The broker read a hello.
    mutating func seeHello(_ hello: Hello, _ now: Moment, _ exchange: Exchange) {
        lastHello = now
        if hello.presence.isAway {
            missed[hello.presence.name] = (hello.presence.incarnation, exchange.now)
            markers.reach(.awayWhenItConnected)
        } else {
            seeReturn(of: hello.presence.name, exchange)
        }
        for number in exchange.desk.holdings[hello.presence.name] ?? [] {
            guard let claim = exchange.desk.claim(of: number),
                claim.holder.incarnation == hello.presence.incarnation
            else { continue }
            // An offer that it knows of goes on as it was.
            let isKnown = hello.held.contains(Held(ticket: number, token: claim.token))
            if isKnown, claim.offerMilliseconds != nil { continue }
            renew(number, claim.token, now)
        }
    }

    /// All claims got a full period of grace, and all reservations, because the broker started.
    mutating func renewAll(_ now: Moment) {
        timedAnew = now
        missed = [:]
        (gone, standIns, keepers) = ([], [], [:])
        for index in closedBelow..<cases.count {
            if cases[index].stage == .claimed { cases[index].renewed = now }
            if cases[index].stage == .waiting { (cases[index].waits, cases[index].kept) = (now, now) }
            cases[index].alone = nil
        }
    }

    private mutating func renew(_ ticket: TicketNumber, _ token: Token, _ now: Moment) {
        let index = Int(ticket.rawValue) - 1
        guard cases.indices.contains(index), cases[index].token == token else { return }
        cases[index].renewed = max(cases[index].renewed, now)
    }
}
