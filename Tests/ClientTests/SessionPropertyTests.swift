import Client
import Testing
import Tickets
import Wire

/// The outbox against a broker that forgets, repeats and refuses, with seeds.
@Suite struct SessionPropertyTests {
    /// Numbers from a seed; SplitMix64.
    private struct Dice: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }

    // The broker loses frames it has received, forgets sessions, answers late, twice, and out of order;
    // frames do not leave now and then. Every command must get exactly one answer, and no more than a window
    // may be out.
    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func `every command gets one answer, whatever happens on the way`(_ seed: UInt64) throws {
        var dice = Dice(state: seed)
        var settings = SessionSettings()
        settings.window = Int.random(in: 1...20, using: &dice)
        settings.batchCommandsMax = Int.random(in: 1...8, using: &dice)
        settings.retriesRefusals = true
        settings.answerMilliseconds = 3_000
        var talk = Talk(settings)
        let total: UInt64 = 200
        var given: UInt64 = 0
        var answered: [UInt64: Int] = [:]
        /// What the broker has carried out: a retry gets the same answer.
        var known: Set<UInt64> = []
        var isKnownSession = false
        var pendingAnswers: [ProtoItem] = []
        var turns = 0
        while answered.count < Int(total) {
            turns += 1
            try #require(turns < 100_000, "no end in sight")
            talk.now += Int64.random(in: 0...400, using: &dice)
            if given < total, Bool.random(using: &dice) {
                given += 1
                try talk.session.enqueue(.sample(given))
            }
            while let frame = talk.next() {
                if Int.random(in: 0..<10, using: &dice) == 0 {
                    talk.session.unsent()
                    break
                }
                #expect(talk.session.inFlightCount <= settings.window)
                // Received, and lost with the broker.
                if Int.random(in: 0..<20, using: &dice) == 0 { continue }
                switch frame.body {
                case .hello:
                    isKnownSession = true
                    pendingAnswers.append(.welcome(broker: UInt64(turns)))
                case .ping where isKnownSession: pendingAnswers.append(.pong)
                case .commands(let commands) where isKnownSession:
                    for command in commands.commands {
                        let number = try #require(CommandID(command.id)).low
                        if !known.contains(number), Int.random(in: 0..<6, using: &dice) == 0 {
                            pendingAnswers.append(.refusal(.deskFull, of: number, retryAfter: 100))
                        } else {
                            known.insert(number)
                            pendingAnswers.append(.answer(number))
                        }
                    }
                default: pendingAnswers.append(.refusal(.unknownSession))
                }
            }
            if Int.random(in: 0..<30, using: &dice) == 0 {
                isKnownSession = false
                pendingAnswers = []
            }
            while let item = pendingAnswers.first, Int.random(in: 0..<3, using: &dice) != 0 {
                pendingAnswers.removeFirst()
                talk.hear(item)
                if Int.random(in: 0..<10, using: &dice) == 0 { talk.hear(item) }
            }
            for event in talk.events {
                guard case .answered(let id, let result) = event else { continue }
                answered[id.low, default: 0] += 1
                if case .failure(let refusal) = result { Issue.record("\(id.low): \(refusal)") }
            }
            talk.events = []
        }
        #expect(answered.values.allSatisfy { $0 == 1 })
        #expect(answered.count == Int(total))
        #expect(talk.session.unansweredCount == 0)
        #expect(talk.session.inFlightCount == 0)
    }

    @Test(arguments: 1...200 as ClosedRange<UInt64>)
    func `a frame is never larger than what the broker takes`(_ seed: UInt64) throws {
        var dice = Dice(state: seed)
        let most = Int.random(in: 3_000...20_000, using: &dice)
        var talk = Talk()
        _ = talk.said()
        talk.hear(.welcome(frameBytesMax: most))
        for number in 1...30 as ClosedRange<UInt64> {
            let command = Command(id: CommandID(high: .max, low: number), action: action(&dice))
            do {
                try talk.session.enqueue(command)
            } catch {
                #expect(error.code == .textTooLong)
            }
        }
        while let frame = talk.next() {
            #expect(frame.encoded().count <= most)
        }
    }

    private func action(_ dice: inout Dice) -> Action {
        func text() -> String {
            String(
                repeating: ["a", "ж", "漢", "🎫"].randomElement(using: &dice) ?? "",
                count: Int(dice.next() % 400))
        }
        let (ticket, token) = (TicketNumber(.max), Token(.max))
        switch dice.next() % 8 {
        case 0:
            return .submit(
                Submission(
                    channel: "mail", customer: text(), subject: text(), body: text(), kind: text(),
                    priority: .high,
                    tags: (0..<dice.next() % 9).map { _ in text() },
                    fields: (0..<dice.next() % 9).map { _ in Field(name: text(), value: text()) }))
        case 1: return .followUp(ticket, body: text())
        case 2: return .note(ticket, token, text: text())
        case 3: return .reply(ticket, token, seen: .max, text: text())
        case 4: return .escalate(ticket, token, to: "line-two", note: text())
        case 5: return .resolve(ticket, token, seen: .max, text: text())
        case 6:
            return .pend(
                ticket, token, onHold: true, until: Moment(milliseconds: .min), reason: text())
        default: return .release(ticket, token, reason: text(), failed: true)
        }
    }
}
