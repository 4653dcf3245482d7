import SwiftProtobuf
import Tickets
package import Wire

extension BrokerSession {
    /// The next frame to send now, or nil when there is none. Judges silence first.
    ///
    /// `held` is asked for the claims that the node still works on, when a frame names them.
    package mutating func nextFrame(
        now: Int64, held: () -> [HeldClaim] = { [] }
    ) -> FrameToBroker? {
        judge(now)
        // Asked twice at each turn, mostly for nothing.
        if case .welcomed = state, now < progress.nextPingMilliseconds, !hasSomething { return nil }
        before = (state, progress, outbox.mark)
        switch state {
        case .left, .dismissed:
            return nil
        case .greeting:
            if isLeaving {
                state = .left
                return nil
            }
            return hello(now, held)
        case .welcomed(let welcome):
            if isLeaving {
                state = .left
                return frame(.goodbye(ProtoGoodbye()))
            }
            return word(welcome, now, held)
        }
    }

    /// Takes back the frame that ``nextFrame(now:held:)`` returned last, because it did not leave.
    package mutating func unsent() {
        #if PLANTED_BUGS
            if PlantedBug.isActive(.sentThoughRefused) { return }
        #endif
        state = before.state
        progress = before.progress
        outbox.rewind(to: before.mark)
    }

    /// When ``nextFrame(now:held:)`` may have something to do although nothing was received; nil when never.
    ///
    /// A time that has passed means now.
    package var nextDeadline: Int64? {
        switch state {
        case .left, .dismissed:
            nil
        case .greeting:
            [helloDue, newConnectionDue].compactMap { $0 }.min()
        case .welcomed(let welcome):
            hasSomething ? 0 : nextDue(welcome)
        }
    }

    /// Whether the broker has not answered several hellos although they left: the connection may lead
    /// nowhere.
    ///
    /// The shell then makes a new one and calls ``connectionReplaced(now:)``.
    package func wantsNewConnection(now: Int64) -> Bool {
        newConnectionDue.map { now >= $0 } ?? false
    }

    /// The interval of pings. A lease that is short for the heartbeat still is renewed twice before it ends.
    func pingMilliseconds(_ welcome: SessionWelcome) -> Int64 {
        guard settings.node != nil else { return welcome.heartbeatMilliseconds }
        return max(min(welcome.heartbeatMilliseconds, welcome.leaseMilliseconds / 3), 5)
    }

    private mutating func judge(_ now: Int64) {
        outbox.wakeDelayed(now: now)
        guard case .welcomed(let welcome) = state else { return }
        let isSilent = now >= silenceDue(welcome)
        // By this node's own clock its leases may be over: nothing is sent under them until the broker has
        // said.
        let mayHaveLapsed = renewalDue(welcome).map { now >= $0 } ?? false
        if isSilent || mayHaveLapsed {
            lossCount += 1
            return greetAgain(at: now)
        }
        if let due = answerDue, now >= due { outbox.rewind() }
    }

    private mutating func hello(_ now: Int64, _ held: () -> [HeldClaim]) -> FrameToBroker? {
        guard now >= helloDue else { return nil }
        progress.helloMilliseconds = now
        progress.firstHelloMilliseconds = progress.firstHelloMilliseconds ?? now
        progress.seatsAreDue = false
        return frame(
            .hello(
                .with { hello in
                    hello.agent = settings.agent?.text ?? ""
                    hello.software = settings.software
                    if let node = settings.node { hello.node = ProtoNodeHello(node, held: held()) }
                }))
    }

    private mutating func word(
        _ welcome: SessionWelcome, _ now: Int64, _ held: () -> [HeldClaim]
    ) -> FrameToBroker? {
        if now >= progress.nextPingMilliseconds {
            progress.nextPingMilliseconds = now + pingMilliseconds(welcome)
            progress.pingsMilliseconds.append(now)
            return frame(.ping(.with { $0.held = settings.node == nil ? [] : held().map { ProtoHeld($0) } }))
        }
        if progress.seatsAreDue {
            progress.seatsAreDue = false
            return frame(.seats(.with { $0.seats = UInt32(clamping: settings.node?.seats ?? 0) }))
        }
        if let query = queries.first(where: { $0.id > progress.askedThrough }) {
            progress.askedThrough = query.id
            return frame(.query(query.proto))
        }
        let batch = outbox.nextBatch(
            countMax: settings.batchCommandsMax, bytesMax: min(settings.batchBytesMax, frameBytesMax) - 64,
            window: settings.window, now: now)
        return batch.isEmpty ? nil : .commands(batch)
    }

    private func frame(_ body: ProtoToBroker.OneOf_Body) -> FrameToBroker {
        .other(.with { ($0.version, $0.body) = (wireVersion, body) })
    }

    /// When the clock alone gives a session something to do that has nothing to send. Asked for at each turn, so it
    /// takes no memory.
    private func nextDue(_ welcome: SessionWelcome) -> Int64 {
        var due = min(progress.nextPingMilliseconds, silenceDue(welcome))
        if let renewal = renewalDue(welcome) { due = min(due, renewal) }
        if let answer = answerDue { due = min(due, answer) }
        if let delayed = outbox.dueMilliseconds { due = min(due, delayed) }
        return due
    }

    private var helloDue: Int64 {
        max(helloNotBefore, progress.helloMilliseconds.map { $0 + settings.helloMilliseconds } ?? .min)
    }

    private var newConnectionDue: Int64? {
        guard case .greeting = state else { return nil }
        return progress.firstHelloMilliseconds.map { $0 + 3 * settings.helloMilliseconds }
    }

    private func silenceDue(_ welcome: SessionWelcome) -> Int64 {
        heardMilliseconds + 3 * welcome.heartbeatMilliseconds
    }

    private func renewalDue(_ welcome: SessionWelcome) -> Int64? {
        // Not `== nil`, which copies it.
        if case .none = settings.node { return nil }
        return renewedMilliseconds + welcome.leaseMilliseconds
    }

    private var answerDue: Int64? {
        outbox.oldestSentMilliseconds.map { $0 + settings.answerMilliseconds }
    }

    private var hasSomething: Bool {
        isLeaving || progress.seatsAreDue || outbox.canSend(window: settings.window)
            || queries.contains { $0.id > progress.askedThrough }
    }
}

extension ProtoNodeHello {
    init(_ node: NodeIdentity, held: [HeldClaim]) {
        self.init()
        name = node.name.text
        incarnation = node.incarnation
        line = node.line.text
        seats = UInt32(clamping: node.seats)
        shift = node.shift
        away = node.isAway
        self.held = held.map { ProtoHeld($0) }
    }
}
