import Client
import Foundation
import Keys
import Rig
import SwiftProtobuf
import Tickets
import Wire
import ZeroMQ

/// Somebody with a key and without a client of ours: says what it is told to, whether or not it makes sense.
final class RawPeer {
    private let dealer: Socket
    private var poller: Poller
    private var items: [ProtoItem] = []

    /// `receives`: messages that it takes from the network ahead of ``next()``.
    init(_ desk: TestDesk, _ key: KeyFile, receives: Int = 100_000) throws {
        guard let server = key.broker else { throw RigError("\(key.name) has no key of the broker") }
        var options = SocketOptions(security: .client(server: server, keys: key.keys))
        options.receiveHighWater = receives
        dealer = try Socket(.dealer, options: options)
        try dealer.connect(desk.brokerEndpoint)
        poller = Poller([dealer.pollItem])
    }

    convenience init(_ desk: TestDesk, _ name: Name) throws {
        try self.init(desk, try desk.keys.load(name))
    }

    func send(_ parts: [UInt8]...) throws {
        try send(parts: parts)
    }

    func send(parts: [[UInt8]]) throws {
        poller.setWaitsToSend(0, true)
        defer { poller.setWaitsToSend(0, false) }
        while try dealer.sendParts(parts) != .sent {
            guard try poller.wait(timeoutMilliseconds: 20_000) > 0 else {
                throw RigError("nothing could be sent for 20 s")
            }
        }
    }

    func send(_ body: ProtoToBroker.OneOf_Body) throws {
        try send(ProtoToBroker.with { ($0.version, $0.body) = (wireVersion, body) }.encoded())
    }

    func send(_ actions: ProtoCommand.OneOf_Action...) throws {
        try send(.commands(.with { $0.commands = actions.map { Self.command($0) } }))
    }

    static func command(_ action: ProtoCommand.OneOf_Action, id: [UInt8]? = nil) -> ProtoCommand {
        .with { command in
            command.id = .init(id ?? CommandID.random().bytes)
            command.action = action
        }
    }

    /// The next item that came; waits for it, half a minute at most.
    func next() throws -> ProtoItem.OneOf_Body {
        while true {
            if !items.isEmpty {
                guard let body = items.removeFirst().body else { throw RigError("an empty item") }
                return body
            }
            if let frame = try dealer.receive({ ProtoFromBroker.decode($0) }) {
                items += try frame.get().items
            } else {
                guard try poller.wait(timeoutMilliseconds: 30_000) > 0 else {
                    throw RigError("the broker said nothing for 30 s")
                }
            }
        }
    }

    /// The word of the next error; anything else is described instead.
    func nextWord() throws -> String {
        switch try next() {
        case .error(let error): error.word
        case let other: "\(other)"
        }
    }

    /// Says hello as a person or a channel, and returns the word of the refusal, nil for a welcome.
    @discardableResult
    func hello(agent: String = "", node: String? = nil, incarnation: UInt64 = 1) throws -> String? {
        try send(
            .hello(
                .with { hello in
                    hello.agent = agent
                    guard let node else { return }
                    hello.node = .with {
                        ($0.name, $0.incarnation, $0.line, $0.seats) = (node, incarnation, "line-one", 1)
                    }
                }))
        while true {
            switch try next() {
            case .welcome: return nil
            case .error(let error): return error.word
            default: continue
            }
        }
    }

    /// Whether the broker still answers it.
    func isServed() throws -> Bool {
        try send(.ping(ProtoPing()))
        while true {
            switch try next() {
            case .pong: return true
            case .error: return false
            default: continue
            }
        }
    }
}

extension ProtoCommand.OneOf_Action {
    static func submission(_ body: String = "b") -> Self {
        .submit(.with { ($0.channel, $0.customer, $0.subject, $0.body) = ("web", "c", "s", body) })
    }
}
