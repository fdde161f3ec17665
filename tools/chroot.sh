# Functions to run commands in a bare Debian in a folder, as root; for scripts of this folder to source.

# chroot_namespace SCRIPT [ARGUMENT…]: runs the script again in a mount namespace of its own, so that nothing stays
# mounted after it ends. Returns in there.
chroot_namespace() {
  [[ ${SACCADE_CHROOT_NAMESPACE-} == entered ]] && return
  if [[ $(id -u) != 0 ]]; then
    echo "$1 creates a chroot and must run as root." >&2
    exit 1
  fi
  if ! command -v debootstrap >/dev/null; then
    echo "$1 needs debootstrap: apt-get install debootstrap" >&2
    exit 1
  fi
  export SACCADE_CHROOT_NAMESPACE=entered
  exec unshare --mount --propagation private "$@"
}

# chroot_open CODENAME FOLDER: creates the system in the folder unless it is there, and mounts what programs need. Uses
# the host's package mirror, proxy, certificate authorities and apt settings.
chroot_open() {
  local codename=$1 mirror http_proxy_of_apt
  chroot_root=$2
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -m1 -E '/debian/?$' || true)
  eval "$(apt-config shell http_proxy_of_apt Acquire::http::Proxy)"
  if [[ -n ${http_proxy_of_apt-} && $http_proxy_of_apt != DIRECT ]]; then
    export http_proxy=${http_proxy-$http_proxy_of_apt}
  fi
  if [[ ! -e $chroot_root/.saccade-bootstrapped ]]; then
    mkdir -p "$chroot_root"
    debootstrap --variant=minbase --include=ca-certificates "$codename" "$chroot_root" \
      "${mirror:-http://deb.debian.org/debian}" >&2
    touch "$chroot_root/.saccade-bootstrapped"
  fi
  apt-config dump | grep -E '^Acquire::(http|https|Check|Retries|ForceIP|Languages)' \
    >"$chroot_root/etc/apt/apt.conf.d/99host" || true
  cp -L /etc/resolv.conf "$chroot_root/etc/resolv.conf"
  cp -L /etc/hosts "$chroot_root/etc/hosts"
  if compgen -G "/usr/local/share/ca-certificates/*.crt" >/dev/null; then
    cp -L /usr/local/share/ca-certificates/*.crt "$chroot_root/usr/local/share/ca-certificates/"
    chroot "$chroot_root" update-ca-certificates >/dev/null 2>&1
  fi
  # Without /proc LibTorch sees no AVX.
  mount -t proc proc "$chroot_root/proc"
  mount --rbind /sys "$chroot_root/sys"
  mount -t tmpfs tmpfs "$chroot_root/dev/shm"
}

# chroot_run COMMAND: runs a command line in the system, with an environment of its own.
chroot_run() {
  chroot "$chroot_root" /usr/bin/env -i HOME=/root LANG=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin \
    ${http_proxy:+http_proxy="$http_proxy"} CI=true DEBIAN_FRONTEND=noninteractive \
    NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt bash -c "$1" </dev/null
}
