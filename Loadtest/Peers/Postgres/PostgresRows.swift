import Glibc

/// PostgreSQL with a table of jobs, taken with FOR UPDATE SKIP LOCKED.
struct PostgresRows: PeerSystem, PeerServer {
    /// It refuses to run as root, and Debian's package makes this user.
    private static let user = "postgres"

    let name = "postgresql-skip-locked"
    let packageName = "postgresql"
    let bestConnections = [1, 2, 4]

    func checkInstalled() throws(PeerError) { _ = try programs() }

    /// The folder of the newest version's programs, which Debian keeps out of the way of its cluster scripts.
    private func programs() throws(PeerError) -> String {
        for version in stride(from: 30, through: 10, by: -1) {
            let folder = "/usr/lib/postgresql/\(version)/bin"
            if Program.isProgram("\(folder)/postgres"), Program.isProgram("\(folder)/initdb") {
                return folder
            }
        }
        throw Program.missing("postgres", package: packageName)
    }

    /// With a vacuum that keeps up: each take walks over the index entries of what was taken and not cleaned
    /// up yet.
    func start(in folder: PeerFolder, for plan: Plan) throws(PeerError) -> any RunningPeer {
        let programs = try programs()
        let data = try folder.make("data", owner: Self.user)
        try ServerProcess(
            [
                "\(programs)/initdb", "--pgdata", data, "--auth", "trust", "--username", "postgres",
                "--no-sync",
                "--encoding", "UTF8", "--locale", "C",
            ], folder: folder.path, user: Self.user
        ).waitForEnd(within: 60_000)
        let port = try Program.freePort()
        var arguments = ["\(programs)/postgres", "-D", data, "-p", "\(port)", "-h", "127.0.0.1", "-k", data]
        for setting in [
            "fsync=on", "synchronous_commit=on", "full_page_writes=on", "max_connections=1000",
            "shared_buffers=256MB", "max_wal_size=4GB", "autovacuum_naptime=1s",
        ] { arguments += ["-c", setting] }
        let process = try ServerProcess(arguments, folder: folder.path, user: Self.user, endSignal: SIGQUIT)
        let control = try process.waitUntilReady { () throws(PeerError) in
            try PostgresConnection.open(port: port)
        }
        return try RunningPostgres(process, control, port, plan)
    }
}

private final class RunningPostgres: RunningPeer {
    let facts: PeerFacts
    private let process: ServerProcess
    private let control: PostgresConnection
    private let port: UInt16
    private let plan: Plan

    init(
        _ process: ServerProcess, _ control: PostgresConnection, _ port: UInt16, _ plan: Plan
    ) throws(PeerError) {
        self.process = process
        self.control = control
        self.port = port
        self.plan = plan
        let fsync = try control.ask("SHOW fsync")
        let commit = try control.ask("SHOW synchronous_commit")
        let method = try control.ask("SHOW wal_sync_method")
        facts = PeerFacts(
            version: try control.ask("SHOW server_version"),
            durability: "fsync=\(fsync), synchronous_commit=\(commit), wal_sync_method=\(method)",
            isDurable: fsync == "on" && commit == "on")
        _ = try control.ask(
            """
            CREATE TABLE jobs (
                id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, state smallint NOT NULL DEFAULT 0,
                body text NOT NULL);
            ALTER TABLE jobs SET (
                autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000,
                autovacuum_vacuum_cost_delay = 0);
            CREATE INDEX jobs_ready ON jobs (id) WHERE state = 0
            """)
    }

    func openPut(window: Int) throws(PeerError) -> PostgresPut {
        try PostgresPut(PostgresConnection.open(port: port), plan.payloads, isBatching: !plan.isPlain)
    }

    func openTake(seats: Int) throws(PeerError) -> PostgresTake {
        try PostgresTake(
            PostgresConnection.open(port: port), plan.payloads, seats: seats, isBatching: !plan.isPlain)
    }

    func jobsLeft() throws(PeerError) -> Int {
        guard let count = Int(try control.ask("SELECT count(*) FROM jobs")) else {
            throw PeerError("PostgreSQL: no count of the jobs")
        }
        return count
    }

    func end() { process.end() }
}
