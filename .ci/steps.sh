# Steps that `run` and `test` share. Sourced, not run; expects $root.

say() { printf '%s\n' "$*" >&2; }
die() { printf 'error: %s\n' "$*" >&2; exit 1; }

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1

need_dotnet() {
    command -v dotnet >/dev/null 2>&1 \
        || die "the .NET SDK was not found. Install the .NET 10 SDK (https://dotnet.microsoft.com/download) and put 'dotnet' on the PATH."
    local version
    version=$(cd "$root" && dotnet --version 2>/dev/null) \
        || die "no .NET SDK that suits global.json (10.0.100 or later). Installed: $(dotnet --list-sdks 2>/dev/null | cut -d' ' -f1 | paste -sd' ' -). Install the .NET 10 SDK."
    [ "${version%%.*}" -ge 10 ] || die "the .NET SDK is $version; version 10 or later is needed."
}

need_node() {
    command -v node >/dev/null 2>&1 && command -v npm >/dev/null 2>&1 \
        || die "Node.js was not found; it builds the dashboard. Install Node.js 20 or later (https://nodejs.org) with npm."
    local version
    version=$(node --version)
    version=${version#v}
    [ "${version%%.*}" -ge 20 ] || die "Node.js is $version; version 20 or later is needed to build the dashboard."
}

# One hash over the names and contents of every source file below the given paths.
hash_of() {
    (cd "$root" && find "$@" -type d \( -name bin -o -name obj -o -name node_modules -o -name wwwroot -o -name dist \) -prune -o -type f -print0 2>/dev/null \
        | LC_ALL=C sort -z | xargs -0 -r sha256sum | sha256sum | cut -d' ' -f1)
}

stamp_is() { [ "$(cat "$root/obj/stamps/$1" 2>/dev/null || true)" = "$2" ]; }
set_stamp() { mkdir -p "$root/obj/stamps"; printf '%s\n' "$2" >"$root/obj/stamps/$1"; }

# One build at a time in a checkout; the lock goes with the process.
lock_build() {
    mkdir -p "$root/obj"
    if command -v flock >/dev/null 2>&1; then
        exec 9>"$root/obj/build.lock"
        flock -n 9 || { say "waiting for another build of this checkout …"; flock 9; }
    fi
}
unlock_build() { exec 9>&- || true; }

# Some package mirrors lack the closure of Orleans, its Kubernetes hosting or MailKit: find out once, and remember in obj/packages.props.
can_restore() {
    local dir="$root/obj/probe/$1" package references=''
    for package in "$@"; do references+="<PackageReference Include=\"$package\" />"; done
    mkdir -p "$dir"
    cat >"$dir/probe.csproj" <<PROJECT
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><RestoreIgnoreFailedSources>false</RestoreIgnoreFailedSources></PropertyGroup>
  <ItemGroup>$references</ItemGroup>
</Project>
PROJECT
    # What is asked for beside Kubernetes' client has the version that goes with it.
    timeout 120 dotnet restore "$dir/probe.csproj" -p:WithKubernetes="$([[ $* == *Kubernetes* ]] && echo true || echo false)" -v q --nologo >"$dir/restore.log" 2>&1
}

probe_packages() {
    local props="$root/obj/packages.props" orleans=false kubernetes=false mailkit=false
    local wanted
    wanted=$(sha256sum "$root/Directory.Packages.props" | cut -d' ' -f1)
    [ -f "$props" ] && stamp_is packages "$wanted" && return
    rm -f "$props"
    say "finding out once which optional packages this machine can restore …"
    can_restore Microsoft.Orleans.Server Microsoft.Orleans.Clustering.AdoNet Microsoft.Orleans.Persistence.AdoNet Microsoft.Orleans.Reminders.AdoNet && orleans=true
    [ $orleans = true ] && can_restore Microsoft.Orleans.Hosting.Kubernetes && kubernetes=true
    can_restore MailKit && mailkit=true
    rm -rf "$root/obj/probe"
    cat >"$props" <<PROPS
<Project>
  <!-- Found out by run/test; delete this file to have it found out again. -->
  <PropertyGroup>
    <WithOrleans>$orleans</WithOrleans>
    <WithKubernetes>$kubernetes</WithKubernetes>
    <WithMailKit>$mailkit</WithMailKit>
  </PropertyGroup>
</Project>
PROPS
    set_stamp packages "$wanted"
    [ $orleans = true ] || say "  Orleans: cannot be restored here; building without the cluster host"
    [ $orleans = false ] || [ $kubernetes = true ] || say "  Orleans' Kubernetes hosting: cannot be restored here; clusters are built without it"
    [ $mailkit = true ] || say "  MailKit: cannot be restored here; mail goes through the framework's SMTP client"
}

# The dashboard: src/Web/ui → src/Web/wwwroot, only when its sources changed.
build_ui() {
    local ui="$root/src/Web/ui"
    [ -f "$ui/package.json" ] || return 0
    local sources packages
    sources=$(hash_of src/Web/ui)
    [ -f "$root/src/Web/wwwroot/index.html" ] && stamp_is ui "$sources" && return 0
    need_node
    packages=$(sha256sum "$ui/package-lock.json" "$ui/package.json" | sha256sum | cut -d' ' -f1)
    if [ ! -d "$ui/node_modules" ] || ! stamp_is ui-packages "$packages"; then
        say "installing the dashboard's packages …"
        (cd "$ui" && npm ci --no-audit --no-fund --loglevel=error >&2) || die "npm ci failed in src/Web/ui (its output is above)."
        set_stamp ui-packages "$packages"
    fi
    say "building the dashboard …"
    (cd "$ui" && npm run build --silent -- --logLevel warn >&2) || die "the dashboard's build failed (its output is above)."
    set_stamp ui "$sources"
}
