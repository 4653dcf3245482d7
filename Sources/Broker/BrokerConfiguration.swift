package import Desk
package import Keys
package import Storage
import Tickets
package import ZeroMQ

/// What a broker needs to run. Plain values, read once at start.
package struct BrokerConfiguration: Sendable {
    /// Where nodes, people and channels connect, for example `tcp://127.0.0.1:7601`; port 0 takes a free one.
    package var endpoint: String
    /// Whether nodes, people and channels connect without CURVE: they say the name of a key and are taken at their
    /// word. Only for an endpoint that is ``Loopback``, where it lets everybody on this machine do everything.
    package var isInsecureLoopback = false
    /// Where the coordinator takes metrics; nil when there is none.
    package var coordinatorEndpoint: String?
    package var store: any Store
    /// What the desk is until its log says otherwise, and the process's bounds.
    package var settings: DeskSettings
    /// The text of ``settings``, which then become version 1 of a desk that has none; nil leaves it without.
    package var deskSource: String?
    /// The broker's own keys.
    package var keys: CurveKeyPair
    /// The public keys that the coordinator may have, as they are by now; needed with ``coordinatorEndpoint``.
    package var coordinatorKeys: (@Sendable () -> [Z85Key])?
    /// Which public keys may connect, and as what.
    package var registry: KeyRegistry
    /// Free bytes of the disk; nil when the store is in memory.
    package var freeBytes: (@Sendable () -> Int64?)?
    /// Below this many free bytes new tickets are refused, so that finishing work still finds room.
    package var diskReserveBytes: Int64 = 64 << 20
    /// Bytes of conversations that are kept in memory until their first grant.
    package var textCacheBytes = 64 << 20
    /// Events after which a snapshot is taken.
    package var eventsPerSnapshot: UInt64 = 250_000
    package var bounds = TurnBounds()
    /// What one key may ask for in a second: a command, a frame and a KiB cost 1, a question 25. Several times what the
    /// fastest desk does, so it only bounds what a broken or hostile program can do to others.
    package var costPerSecond = 250_000
    /// What may be kept for peers that send without end or do not read.
    var backlogBounds = BacklogBook.Bounds()
    /// Where it is kept what was done to the locks; nil for nowhere.
    package var audit: AuditFile?

    package init(
        endpoint: String, store: any Store, settings: DeskSettings, keys: CurveKeyPair, registry: KeyRegistry
    ) {
        self.endpoint = endpoint
        self.store = store
        self.settings = settings
        self.keys = keys
        self.registry = registry
    }

    /// What the broker's door is locked with.
    func security(domain: String) -> Security {
        isInsecureLoopback
            ? .loopbackServer(domain: domain) : .server(secretKey: keys.secretKey, domain: domain)
    }

    /// Who is behind a connection, asked on the ZAP handler's thread.
    var lookup: ZapLookup {
        let registry = registry
        let now = { @Sendable in DeskClock.microseconds / 1_000 }
        return isInsecureLoopback
            ? .byName { registry.key(named: $0, nowMilliseconds: now())?.credential }
            : .byKey { registry.key($0, nowMilliseconds: now())?.credential }
    }
}
