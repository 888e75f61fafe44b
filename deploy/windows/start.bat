@echo off
rem 爱心超市: double-click to open. The first time it installs what lies in this folder, then asks for the overseer's
rem password and for the village. Each of the three leaves a mark when it is done, so that none is done twice.
chcp 65001 >nul
setlocal
set PYTHONUTF8=1
cd /d "%~dp0"

where py >nul 2>nul
if errorlevel 1 goto no_python

set WHEEL=
for %%W in (love_market-*.whl) do set WHEEL=%%W
if "%WHEEL%"=="" goto no_wheel

if exist "venv\%WHEEL%.installed" goto installed
echo 正在安装，只有第一次要等几分钟……
if not exist venv\Scripts\python.exe py -3 -m venv venv
if errorlevel 1 goto failed
venv\Scripts\python.exe -m pip install --disable-pip-version-check --require-hashes -r requirements.lock
if errorlevel 1 goto failed
venv\Scripts\python.exe -m pip install --disable-pip-version-check --no-deps --force-reinstall "%WHEEL%"
if errorlevel 1 goto failed
echo installed>"venv\%WHEEL%.installed"
:installed

if exist instance\begun.txt goto begun
echo 第一次打开：请给第一位查看人员设登录名和密码。他来给村里加人。
venv\Scripts\love-market.exe init
if errorlevel 1 goto failed
echo begun>instance\begun.txt
:begun

if exist instance\opened.txt goto run
venv\Scripts\love-market.exe open-market
if errorlevel 1 goto failed
echo opened>instance\opened.txt

:run
start "" /b cmd /c "timeout /t 6 /nobreak >nul & start http://127.0.0.1:8000"
echo 这个黑窗口开着，爱心超市就开着。关掉窗口就是打烊，数据都在 instance 文件夹里。
venv\Scripts\love-market.exe run
pause
exit /b 0

:no_python
echo 没有找到 Python。请先安装 Python 3.11 或更新的版本，安装时勾选“Add python.exe to PATH”和“py launcher”，再双击本文件。
pause
exit /b 1

:no_wheel
echo 没有找到 love_market-*.whl。请把它和 requirements.lock 放到本文件所在的文件夹，再双击本文件。
pause
exit /b 1

:failed
echo 这一步没有做成，原因在上面。改好以后再双击本文件，会从这一步接着来；不明白就拍下来发给管理员。
pause
exit /b 1
