import Desk
import Keys
import Logging
import Tickets
import Wire
import ZeroMQ

extension BrokerLoop {
    /// How often it is asked whether the list of keys has changed. Together with the registry's own second, and the
    /// second for which an idle loop sleeps, a revoked key has no effect after three.
    private static var keysMicroseconds: Int64 { 500_000 }

    /// The key of a connection, if it still opens.
    func key(_ credential: String) -> AuthorizedKey? {
        registry.key(credential: credential, nowMilliseconds: DeskClock.microseconds / 1_000)
    }

    /// Ends the sessions of keys that were revoked, or may no longer speak for whom they said they do.
    ///
    /// libzmq has no way to end one connection of a ROUTER, so it stays, and nothing on it has an effect.
    mutating func followKeys() {
        let now = DeskClock.microseconds
        guard now - keysFollowedMicroseconds >= Self.keysMicroseconds else { return }
        keysFollowedMicroseconds = now
        let generation = registry.generation(nowMilliseconds: now / 1_000)
        noteList(registry.failure)
        guard generation != keysGeneration else { return }
        keysGeneration = generation
        let leaving = peers.peers { peer, credential in !mayStay(peer, credential) }
        for peer in leaving { shutOut(peer) }
        audit?.record(.keysChanged, who: registry.path, "\(leaving.count) sessions were ended by that")
        logger.notice("the list of keys has changed; \(leaving.count) sessions were ended by that")
    }

    /// A list that cannot be read changes nothing, so nobody is shut out by it: somebody must hear of that.
    private mutating func noteList(_ failure: KeyError?) {
        guard failure != keysFailure else { return }
        keysFailure = failure
        guard let failure else { return }
        audit?.record(.keysUnreadable, who: registry.path, "\(failure)")
        logger.error("the list of keys stays as it was: \(failure)")
    }

    private func mayStay(_ peer: Peer, _ credential: String) -> Bool {
        guard let key = key(credential) else { return false }
        guard let author = exchange.author(of: SessionID(peer)) else { return true }
        return [author.node, author.agent].allSatisfy { $0.map(key.maySpeak) ?? true }
    }

    private mutating func shutOut(_ peer: Peer) {
        let id = SessionID(peer)
        audit?.record(.sessionEnded, who: peers.credential(of: peer) ?? "", "the key was revoked or bounded")
        // What it held goes to others at once: nothing that it could still send about it would be taken.
        exchange.handle(.goodbye(id), at: clock.now, into: &gathering.turn)
        peers.forget(peer)
        gathering.items.append(
            (id, .refusal(Refusal(.notAuthorised, "the key of this connection was revoked or bounded"))))
    }
}

extension SessionID {
    init(_ peer: Peer) {
        self.init(UInt64(peer.rawValue))
    }
}
