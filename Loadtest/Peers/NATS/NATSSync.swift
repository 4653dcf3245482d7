/// How a JetStream store gets on disk before a publish is acknowledged.
struct NATSSync: CustomStringConvertible {
    let description: String
    /// Goes into the jetstream block of the configuration.
    let setting: String
    let isDurable: Bool

    /// Chooses what the version can.
    ///
    /// `sync_interval` came with 2.10 (nats-server pull request 4483). Debian 12 has 2.9, which writes to the
    /// page cache and syncs every two minutes. There the store's folder gets the file attribute S, which all
    /// files in it inherit: the kernel syncs each write before write(2) returns, and the server writes before
    /// it answers (seen with strace: each pwrite64 takes as long as an fdatasync, and the acknowledgement
    /// goes out after it).
    init(program: String, store: String, folder: PeerFolder) throws(PeerError) {
        let version = try ServerProcess.output(of: [program, "--version"], in: folder)
        if Self.hasSyncInterval(version) {
            self.init(
                description: "sync_interval: always", setting: ", sync_interval: always", isDurable: true)
            return
        }
        // Only some file systems know the attribute, so whether it is there now is asked back.
        let flags = try ServerProcess.output(
            of: ["/bin/sh", "-c", "chattr +S \"$1\" && lsattr -d \"$1\"", "sh", store], in: folder)
        let isOn = flags.split(separator: " ").first?.contains("S") == true
        self.init(
            description: isOn
                ? "chattr +S on its folder (no sync_interval before 2.10): each write synced"
                : "no sync before an answer (sync_interval came with 2.10; chattr +S failed)",
            setting: "", isDurable: isOn)
    }

    private init(description: String, setting: String, isDurable: Bool) {
        self.description = description
        self.setting = setting
        self.isDurable = isDurable
    }

    /// For a version as the program tells it: `nats-server: v2.9.10`.
    static func hasSyncInterval(_ version: String) -> Bool {
        let numbers = version.split { !$0.isNumber }.compactMap { Int($0) }
        guard numbers.count >= 2 else { return false }
        return (numbers[0], numbers[1]) >= (2, 10)
    }
}
